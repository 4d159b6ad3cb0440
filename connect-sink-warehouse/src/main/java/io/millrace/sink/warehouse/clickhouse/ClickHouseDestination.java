package io.millrace.sink.warehouse.clickhouse;

import com.clickhouse.client.api.query.GenericRecord;
import io.millrace.sink.SinkSettings;
import io.millrace.sink.TargetTables;
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
import io.millrace.sink.warehouse.clickhouse.encode.Mappings;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * A ClickHouse server. Rows carry versions, of which the engine keeps the greatest of a key, so that writing a range
 * again changes nothing; appended rows are inserted under a token that says which range they are, and the table takes
 * each token once. There are no transactions: {@link Apply} says in which order things are written down.
 */
final class ClickHouseDestination implements Destination {
    static final Capabilities CAPABILITIES = new Capabilities(
            EnumSet.allOf(Capabilities.Mode.class), Sql.MAX_NAME_BYTES, true, Capabilities.Atomicity.INTENT);

    private final Server server;
    private final SinkSettings settings;
    private final Mappings types;
    private final Catalog catalog;
    private final LedgerTable ledger;
    private final Stages stages;
    private final Replacements replacements;
    private final TableOperations operations;
    private final Map<TableId, LiveTable> tables = new HashMap<>();

    /** Where what is remembered is: the ledger's table, and its neighbours by their endings. */
    record Memory(TableId table, String id) {
        String beside(String ending) {
            return Sql.table(Sql.beside(table, table.name() + ending));
        }
    }

    ClickHouseDestination(Server server, SinkSettings settings, Mappings types, Memory memory) {
        this.server = server;
        this.settings = settings;
        this.types = types;
        catalog = new Catalog(server);
        ledger = new LedgerTable(server, new Ledger(memory.beside(""), memory.id()), this::seenEpoch);
        stages = new Stages(server);
        GenerationLog log = new GenerationLog(server, memory.beside("_generations"), memory.id());
        replacements = new Replacements(server, log, ledger, this::evolve, tables::remove);
        operations = new TableOperations(
                server,
                new OperationsLog(memory.beside("_tables"), memory.id()),
                new TopicLog(memory.beside("_topics"), memory.id()),
                ledger,
                this::written);
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Encoding encoding(SourceColumn column) {
        return types.of(column).encoding();
    }

    @Override
    public Map<Feed, Claim> claim(Set<TopicPartition> partitions) {
        tables.clear();
        stages.clear();
        stages.sweep();
        operations.forgetStates(partitions);
        return ledger.claim(partitions);
    }

    @Override
    public Map<Feed, Claim> begin(Map<Feed, Long> first) {
        return ledger.begin(first);
    }

    @Override
    public Set<TopicPartition> partitions(String topic) {
        return ledger.partitions(topic);
    }

    @Override
    public void rewind(Map<TopicPartition, OptionalLong> next) {
        ledger.rewind(next);
    }

    @Override
    public Evolution evolve(TableShape wanted, EvolutionPolicy policy, boolean create) {
        TableChanges changes = new TableChanges(server, qualified(wanted), types);
        Evolution evolution = changes.carryOut(policy, create, replacements.target(wanted.table()) == null);
        tables.put(qualified(wanted.table()), changes.live());
        return evolution;
    }

    @Override
    public Evolution plan(TableShape wanted, EvolutionPolicy policy, boolean create) {
        return new TableChanges(server, qualified(wanted), types).planned(policy, create);
    }

    @Override
    public Optional<Operations> operations() {
        return Optional.of(operations);
    }

    @Override
    public Optional<Generations> generations() {
        return Optional.of(replacements);
    }

    @Override
    public Optional<Views> views() {
        return Optional.of(this::show);
    }

    private List<String> show(Views.LogView wanted) {
        TableId view = qualified(wanted.view());
        LiveTable log = catalog.find(qualified(wanted.log()))
                .orElseThrow(() -> new ConnectException("The log " + wanted.log() + " is gone"));
        Optional<LiveTable> found = catalog.find(view);
        if (found.isPresent() && !found.orElseThrow().isView()) {
            throw new ConnectException("Table " + view + " is there, where a view of the log " + wanted.log()
                    + " is to be made; rename one of them");
        }
        String create = ViewSql.ofLog(view, log, wanted, server.settings().versionColumn());
        server.execute(create);
        return List.of(create);
    }

    @Override
    public Staged stage(Batch batch) {
        LiveTable live = live(batch.table()).orElse(null);
        boolean waits = batch.rows().count() > 0
                && live != null
                && !completeness(batch, live).isDirect();
        return new Staged(batch, waits ? stages.load(batch) : "");
    }

    @Override
    public Outcome apply(List<Staged> staged, List<Advance> advances) {
        try {
            Outcome outcome =
                    new Apply(server, ledger, this::live, this::feeds, this::completeness).run(staged, advances);
            stages.clear();
            return outcome;
        } catch (ClickHouseError e) {
            stages.abandon();
            if (e.isGone() && !staged.isEmpty()) {
                tables.clear();
                return new Outcome.Changed(staged.get(0).batch().table(), String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private Completeness completeness(Batch batch, LiveTable live) {
        return new Completeness(batch, live, server.settings(), replacements.target(batch.table()) != null);
    }

    /** Whether the changes of a table that the ledger names are written to {@code into}. */
    private boolean feeds(TableId table, TableId into) {
        TableId copied = replacements.target(into);
        return copied == null ? written(table).equals(qualified(into)) : copied.equals(table);
    }

    private Optional<LiveTable> live(TableId table) {
        TableId qualified = qualified(table);
        LiveTable known = tables.get(qualified);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<LiveTable> found = catalog.find(qualified);
        found.ifPresent(live -> tables.put(qualified, live));
        return found;
    }

    /** The greatest epoch among the rows of a table: what is written to it has to be above. */
    private long seenEpoch(TableId table) {
        TableId written = written(table);
        String version = server.settings().versionColumn();
        boolean versioned = catalog.find(written)
                .filter(live -> !live.isView() && live.columns().containsKey(version))
                .isPresent();
        if (!versioned) {
            return 0;
        }
        List<GenericRecord> highest = server.query("SELECT toInt64(bitShiftRight(max(" + Sql.name(version) + "), "
                + Versions.OFFSET_BITS + ")) FROM " + Sql.table(written));
        return highest.get(0).getLong(1);
    }

    private TableId written(TableId table) {
        return qualified(TargetTables.written(settings, table));
    }

    private TableId qualified(TableId table) {
        return Sql.in(server.settings().database(), table);
    }

    private TableShape qualified(TableShape wanted) {
        return new TableShape(
                qualified(wanted.table()), wanted.columns(), wanted.key(), wanted.bookkeeping(), wanted.indexes());
    }

    @Override
    public void close() {
        stages.abandon();
        server.close();
    }
}
