package io.millrace.sink.warehouse.bigquery;

import com.google.cloud.bigquery.FieldValue;
import com.google.cloud.bigquery.FieldValueList;
import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.Generations.Generation;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.route.Router;
import io.millrace.sink.warehouse.copies.CopyLog;
import io.millrace.sink.warehouse.copies.CopyStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Whole copies in BigQuery: a table's description names the key of the rows that are gathered in it. */
final class CopyTables implements CopyStore {
    private final Jobs jobs;
    private final Place place;
    private final LedgerTables ledger;
    private final List<String> create;
    private final boolean whole;
    private final @Nullable String syncedAt;
    private final Tables tables;
    private boolean ready;

    /** The tables that the destination knows. */
    interface Tables {
        /** {@link io.millrace.sink.destination.Destination#evolve}. */
        Evolution evolve(TableShape wanted, EvolutionPolicy policy, boolean create);

        /** The table is gone. */
        void forget(TableId table);
    }

    /**
     * @param whole write all rows anew, not only those that differ
     * @param syncedAt a column that does not count as a difference
     */
    CopyTables(
            Jobs jobs,
            Place place,
            LedgerTables ledger,
            CopyLog log,
            boolean whole,
            @Nullable String syncedAt,
            Tables tables) {
        this.jobs = jobs;
        this.place = place;
        this.ledger = ledger;
        this.create = log.create();
        this.whole = whole;
        this.syncedAt = syncedAt;
        this.tables = tables;
    }

    @Override
    public Evolution evolve(TableShape wanted, EvolutionPolicy policy, boolean create) {
        return tables.evolve(wanted, policy, create);
    }

    @Override
    public void forget(TableId table) {
        tables.forget(table);
    }

    @Override
    public String name(TableId table) {
        return place.sql(table);
    }

    @Override
    public String describe(TableId table, String text) {
        return "ALTER TABLE " + place.sql(table) + " SET OPTIONS (description = " + Sql.text(text) + ")";
    }

    @Override
    public Look look(String doing, Generation generation) {
        return run(doing, () -> {
            Optional<LiveTable> live = Catalog.find(jobs.client(), place.api(generation.target()));
            Optional<LiveTable> staged = Catalog.find(jobs.client(), place.api(generation.staging()));
            Set<String> key = staged.map(CopyTables::key).orElse(Set.of());
            List<String> replacing = live.isEmpty() || staged.isEmpty()
                    ? List.of()
                    : new ReplaceSql(
                                    place.sql(generation.target()),
                                    live.orElseThrow(),
                                    place.sql(generation.staging()),
                                    staged.orElseThrow(),
                                    whole ? Set.of() : key,
                                    syncedAt)
                            .statements();
            return new Look(live.isPresent(), staged.isPresent(), !key.isEmpty(), replacing);
        });
    }

    private static Set<String> key(LiveTable staged) {
        Set<String> key = new HashSet<>();
        if (!staged.description().isEmpty()) {
            Router.split(staged.description()).forEach(name -> key.add(Names.folded(name)));
        }
        return key;
    }

    @Override
    public Map<TopicPartition, Long> positions(String doing, TableId target) {
        return run(doing, () -> ledger.positions(target));
    }

    @Override
    public List<List<String>> rows(String doing, String query) {
        return run(doing, () -> {
            List<List<String>> rows = new ArrayList<>();
            for (FieldValueList row : jobs.rows(query)) {
                rows.add(row.stream().map(FieldValue::getStringValue).toList());
            }
            return rows;
        });
    }

    @Override
    public void run(String doing, List<String> statements) {
        run(doing, () -> {
            for (String statement : statements) {
                jobs.run(statement);
            }
            return true;
        });
    }

    @Override
    public void transact(String doing, List<String> statements) {
        run(doing, () -> jobs.run(transaction(statements)));
    }

    @Override
    public boolean transact(String doing, String first, List<String> others) {
        List<String> statements =
                new ArrayList<>(List.of(first, "ASSERT @@row_count = 1 AS " + Sql.text(BigQueryErrors.FENCED)));
        statements.addAll(others);
        return run(doing, () -> {
            try {
                jobs.run(transaction(statements));
                return true;
            } catch (JobException e) {
                if (BigQueryErrors.isFenced(e)) {
                    return false;
                }
                throw e;
            }
        });
    }

    private static String transaction(List<String> statements) {
        List<String> all = new ArrayList<>(statements);
        all.add(0, TableApply.BEGIN);
        all.add(TableApply.COMMIT);
        return TableApply.script(all);
    }

    private interface Step<T> {
        T run() throws JobException;
    }

    private <T> T run(String doing, Step<T> work) {
        try {
            if (!ready) {
                ledger.ready();
                jobs.run(String.join(";\n", create));
                ready = true;
            }
            return work.run();
        } catch (JobException e) {
            throw BigQueryErrors.translate(doing, e);
        }
    }
}
