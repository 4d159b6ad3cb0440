package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Capabilities;
import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Encoding;
import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.Operations;
import io.millrace.sink.destination.Outcome;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.Staged;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.destination.Views;
import io.millrace.sink.warehouse.bigquery.encode.Mappings;
import io.millrace.sink.warehouse.copies.CopyLog;
import io.millrace.sink.warehouse.copies.WholeCopies;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Datasets of a BigQuery project. Rows are loaded as Avro files into staging tables; then each table has one transaction
 * with its ledger and a MERGE, several tables at a time.
 */
final class BigQueryDestination implements Destination {
    static final Capabilities CAPABILITIES = new Capabilities(
            EnumSet.allOf(Capabilities.Mode.class), Names.MAX_BYTES, false, Capabilities.Atomicity.TABLE);

    private final BigQuerySettings settings;
    private final Mappings types;
    private final Jobs jobs;
    private final Datasets datasets;
    private final Staging staging;
    private final LedgerTables ledger;
    private final WholeCopies copies;
    private final TableOperations operations;
    private final ParallelApply apply;
    private final ExecutorService threads;
    private final Map<TableId, LiveTable> tables = new ConcurrentHashMap<>();
    private final UnaryOperator<TableId> written;

    /** {@code written}: where the changes of a table go, itself or its log. */
    BigQueryDestination(
            BigQuerySettings settings,
            Jobs jobs,
            @Nullable Bucket bucket,
            Ledger statements,
            Mappings types,
            Overwriting overwriting,
            OperationsLog operators,
            UnaryOperator<TableId> written) {
        this.settings = settings;
        this.written = written;
        this.types = types;
        this.jobs = jobs;
        threads = Executors.newFixedThreadPool(settings.parallelism(), BigQueryDestination::thread);
        datasets = new Datasets(jobs, settings);
        staging = new Staging(jobs, settings, bucket, threads);
        ledger = new LedgerTables(jobs, datasets, statements);
        operations = new TableOperations(jobs, settings.place(), ledger, operators, written);
        CopyTables.Tables known = new CopyTables.Tables() {
            @Override
            public Evolution evolve(TableShape wanted, EvolutionPolicy policy, boolean create) {
                return BigQueryDestination.this.evolve(wanted, policy, create);
            }

            @Override
            public void forget(TableId table) {
                tables.remove(table);
            }
        };
        copies = new WholeCopies(
                new CopyTables(
                        jobs,
                        settings.place(),
                        ledger,
                        overwriting.log(),
                        overwriting.whole(),
                        overwriting.syncedAt(),
                        known),
                overwriting.log());
        TableApply one = new TableApply(jobs, staging, settings.place(), statements, this::find);
        apply = new ParallelApply(one, this::target, threads);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "millrace-bigquery");
        thread.setDaemon(true);
        return thread;
    }

    /** How whole copies replace a table; see {@link CopyTables}. */
    record Overwriting(CopyLog log, boolean whole, @Nullable String syncedAt) {}

    @Override
    public Map<String, Set<TableId>> namedTables() {
        return settings.namedTables();
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public long flushIntervalMillis() {
        return settings.mergeIntervalMillis();
    }

    @Override
    public Encoding encoding(SourceColumn column) {
        return types.of(column).encoding();
    }

    @Override
    public Map<Feed, Claim> claim(Set<TopicPartition> partitions) {
        tables.clear();
        staging.clear();
        operations.forgetStates();
        return run("Partitions " + partitions + " cannot be claimed", () -> ledger.claim(partitions));
    }

    @Override
    public Map<Feed, Claim> begin(Map<Feed, Long> first) {
        return run("Feeds cannot be begun", () -> ledger.begin(first));
    }

    @Override
    public Set<TopicPartition> partitions(String topic) {
        return run("The ledger cannot be read", () -> ledger.partitions(topic));
    }

    @Override
    public void rewind(Map<TopicPartition, OptionalLong> next) {
        run("The ledger cannot be rewound", () -> {
            ledger.rewind(next);
            return true;
        });
    }

    @Override
    public Evolution evolve(TableShape wanted, EvolutionPolicy policy, boolean create) {
        return run("Table " + wanted.table() + " cannot be looked at or changed", () -> {
            TableChanges changes = new TableChanges(jobs, datasets, settings, wanted, types);
            Evolution evolution = changes.carryOut(policy, create);
            tables.put(wanted.table(), changes.live());
            checkQuota();
            return evolution;
        });
    }

    /** Which tables there are may only be known by now. */
    private void checkQuota() {
        if (settings.endpoint().isEmpty()) {
            Quota.problem(settings.mergeIntervalMillis(), tables.size()).ifPresent(problem -> {
                throw new ConnectException(BigQueryWarehouse.MERGE_INTERVAL_MS + " " + problem);
            });
        }
    }

    @Override
    public Evolution plan(TableShape wanted, EvolutionPolicy policy, boolean create) {
        return run(
                "Table " + wanted.table() + " cannot be looked at",
                () -> new TableChanges(jobs, datasets, settings, wanted, types).planned(policy, create));
    }

    @Override
    public Optional<Operations> operations() {
        return Optional.of(operations);
    }

    @Override
    public Optional<Generations> generations() {
        return Optional.of(copies);
    }

    @Override
    public Optional<Views> views() {
        return Optional.of(this::show);
    }

    private List<String> show(Views.LogView view) {
        return run("The view " + view.view() + " of the log " + view.log() + " cannot be made", () -> {
            LiveTable log = find(view.log())
                    .orElseThrow(() -> new ConnectException("The log " + view.log() + " of the view is gone"));
            String create = LogViewSql.create(log, view, settings.place());
            jobs.run(create);
            return List.of(create);
        });
    }

    @Override
    public Staged stage(Batch batch) {
        return new Staged(batch, staging.begin(batch));
    }

    @Override
    public Outcome apply(List<Staged> staged, List<Advance> advances) {
        try {
            Outcome outcome = apply.run(staged, advances);
            if (outcome instanceof Outcome.Changed) {
                tables.clear();
            }
            return outcome;
        } finally {
            staging.clear();
        }
    }

    private TableId target(TableId table, Set<TableId> advancing) {
        TableId gathered = copies.target(table);
        if (gathered != null) {
            return gathered;
        }
        return advancing.stream()
                .filter(each -> written.apply(each).equals(table))
                .findFirst()
                .orElse(table);
    }

    private Optional<LiveTable> find(TableId table) throws JobException {
        LiveTable known = tables.get(table);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<LiveTable> found = Catalog.find(jobs.client(), settings.place().api(table));
        found.ifPresent(live -> tables.put(table, live));
        return found;
    }

    private interface Work<T> {
        T run() throws JobException;
    }

    private static <T> T run(String doing, Work<T> work) {
        try {
            return work.run();
        } catch (JobException e) {
            throw BigQueryErrors.translate(doing, e);
        }
    }

    @Override
    public void close() {
        jobs.close();
        staging.close();
        // Not interrupted: what a request has begun in BigQuery is to be cleared away.
        threads.shutdown();
    }
}
