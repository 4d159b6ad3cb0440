package io.millrace.sink.warehouse.bigquery;

import com.google.cloud.bigquery.FieldValueList;
import io.millrace.core.Manifest;
import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.route.Router;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whole copies in BigQuery. The rows of each lie in a table beside the target, whose description names its key, and
 * replace the target's in one transaction; the table is dropped behind it, since a transaction cannot.
 */
final class Replacements implements Generations {
    private static final Logger LOG = LoggerFactory.getLogger(Replacements.class);
    private static final Set<String> OVER = Set.of("done", "superseded", "aborted");

    private final Jobs jobs;
    private final Place place;
    private final LedgerTables ledger;
    private final GenerationLog log;
    private final boolean whole;
    private final @Nullable String syncedAt;
    private final Tables tables;
    private final Map<TableId, TableId> targets = new ConcurrentHashMap<>();
    private boolean ready;

    /** The tables that the destination knows. */
    interface Tables {
        /** {@link io.millrace.sink.destination.Destination#evolve}. */
        Evolution evolve(TableShape wanted, EvolutionPolicy policy, boolean create);

        /** The table is gone. */
        void forget(TableId table);
    }

    private record Due(Generation generation, String state) {}

    /**
     * @param whole write all rows anew, not only those that differ
     * @param syncedAt a column that does not count as a difference
     */
    Replacements(
            Jobs jobs,
            Place place,
            LedgerTables ledger,
            GenerationLog log,
            boolean whole,
            @Nullable String syncedAt,
            Tables tables) {
        this.jobs = jobs;
        this.place = place;
        this.ledger = ledger;
        this.log = log;
        this.whole = whole;
        this.syncedAt = syncedAt;
        this.tables = tables;
    }

    /** The target of a table that a copy is gathered in; null for other tables. */
    @Nullable
    TableId target(TableId gathered) {
        return targets.get(gathered);
    }

    @Override
    public boolean open(Generation generation, TableShape wanted, EvolutionPolicy policy, boolean create) {
        String doing = "A copy of table " + generation.target() + " cannot be gathered";
        targets.put(generation.staging(), generation.target());
        if (OVER.contains(run(doing, () -> state(generation)))) {
            return false;
        }
        tables.evolve(wanted, policy, create)
                .ddl()
                .forEach(statement -> LOG.info("Table {}: {}", generation.target(), statement));
        tables.evolve(
                new TableShape(generation.staging(), wanted.columns(), wanted.key(), wanted.bookkeeping()),
                EvolutionPolicy.ADD_AND_WIDEN,
                true);
        String key = wanted.key().isEmpty() ? "" : new TableId(wanted.key()).toString();
        return run(doing, () -> {
            jobs.run("ALTER TABLE " + place.sql(generation.staging()) + " SET OPTIONS (description = " + Sql.text(key)
                    + ")");
            return true;
        });
    }

    @Override
    public boolean tell(Generation generation, Manifest manifest) {
        return run("The manifest of table " + generation.target() + " cannot be written", () -> {
            boolean known = !state(generation).isEmpty();
            List<String> statements = new ArrayList<>(log.tell(generation, manifest));
            statements.add(0, TableApply.BEGIN);
            statements.add(TableApply.COMMIT);
            jobs.run(TableApply.script(statements));
            return known || !state(generation).equals("superseded");
        });
    }

    /** Empty for a generation that is not known. */
    private String state(Generation generation) throws JobException {
        List<FieldValueList> state = jobs.rows(log.state(generation));
        return state.isEmpty() ? "" : state.get(0).get(0).getStringValue();
    }

    @Override
    public Replaced replace() {
        List<TableId> replaced = new ArrayList<>();
        for (Due due : run("Generations cannot be looked up", this::due)) {
            Generation generation = due.generation;
            String doing = "Table " + generation.target() + " cannot be replaced by its new copy";
            if (!due.state.equals("ended")) {
                run(doing, () -> clear(generation));
            } else if (run(doing, () -> isApplied(generation) && replace(generation))) {
                replaced.add(generation.target());
                run(doing, () -> clear(generation));
            }
        }
        return new Replaced(replaced, false);
    }

    private boolean clear(Generation generation) throws JobException {
        jobs.run("DROP TABLE IF EXISTS " + place.sql(generation.staging()));
        jobs.run(log.forgetOffsets(generation));
        jobs.run(log.cleared(generation));
        targets.remove(generation.staging());
        tables.forget(generation.staging());
        return true;
    }

    private boolean isApplied(Generation generation) throws JobException {
        if (jobs.rows(log.told(generation)).isEmpty()) {
            return true;
        }
        try {
            return jobs.rows(log.waiting(generation)).isEmpty();
        } catch (JobException e) {
            if (BigQueryErrors.isMissing(e)) {
                // No task has begun with the table yet.
                return false;
            }
            throw e;
        }
    }

    /** Whether this task was the one to do it. */
    private boolean replace(Generation generation) throws JobException {
        List<String> statements = new ArrayList<>();
        statements.add(TableApply.BEGIN);
        statements.add(log.done(generation));
        statements.add("ASSERT @@row_count = 1 AS " + Sql.text(BigQueryErrors.FENCED));
        Optional<LiveTable> live = Catalog.find(jobs.client(), place.api(generation.target()));
        Optional<LiveTable> staged = Catalog.find(jobs.client(), place.api(generation.staging()));
        if (live.isPresent() && staged.isPresent()) {
            LiveTable from = staged.orElseThrow();
            statements.addAll(new ReplaceSql(
                            place.sql(generation.target()),
                            live.orElseThrow(),
                            place.sql(generation.staging()),
                            from,
                            whole ? Set.of() : key(from),
                            syncedAt)
                    .statements());
        } else if (live.isPresent() && !jobs.rows(log.told(generation)).isEmpty()) {
            LOG.error(
                    "Copy {} of table {} is given up: the ledger is past its rows, and {}, where they were gathered, is gone. The table stays as it is; have the source copy it again",
                    generation.id(),
                    generation.target(),
                    generation.staging());
            jobs.run(log.giveUp(generation));
            return false;
        } else if (live.isPresent()) {
            // A copy without rows.
            statements.add("DELETE FROM " + place.sql(generation.target()) + " WHERE TRUE");
        }
        statements.add(TableApply.COMMIT);
        try {
            jobs.run(TableApply.script(statements));
            return true;
        } catch (JobException e) {
            if (BigQueryErrors.isFenced(e)) {
                return false;
            }
            throw e;
        }
    }

    private static Set<String> key(LiveTable staged) {
        Set<String> key = new HashSet<>();
        if (!staged.description().isEmpty()) {
            Router.split(staged.description()).forEach(name -> key.add(Names.folded(name)));
        }
        return key;
    }

    private List<Due> due() throws JobException {
        List<Due> due = new ArrayList<>();
        for (FieldValueList row : jobs.rows(log.due())) {
            TableId target = new TableId(Router.split(row.get(0).getStringValue()));
            due.add(new Due(
                    Generation.of(target, row.get(1).getStringValue()),
                    row.get(2).getStringValue()));
        }
        return due;
    }

    private interface Step<T> {
        T run() throws JobException;
    }

    private <T> T run(String doing, Step<T> work) {
        try {
            if (!ready) {
                ledger.ready();
                jobs.run(String.join(";\n", log.create()));
                ready = true;
            }
            return work.run();
        } catch (JobException e) {
            throw BigQueryErrors.translate(doing, e);
        }
    }
}
