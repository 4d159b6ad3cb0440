package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.Generations.Generation;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.route.Router;
import io.millrace.sink.warehouse.copies.CopyStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Whole copies in Snowflake: a table's comment names the key of the rows that are gathered in it. */
final class CopyTables implements CopyStore {
    private final OwnTables own;
    private final Place place;
    private final Ledger ledger;
    private final boolean whole;
    private final @Nullable String syncedAt;
    private final Tables tables;

    /** What the destination knows of tables. */
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
    CopyTables(OwnTables own, Place place, Ledger ledger, boolean whole, @Nullable String syncedAt, Tables tables) {
        this.own = own;
        this.place = place;
        this.ledger = ledger;
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
        return "COMMENT ON TABLE " + place.sql(table) + " IS " + Sql.text(text);
    }

    @Override
    public Look look(String doing, Generation generation) {
        String target = place.sql(generation.target());
        String staging = place.sql(generation.staging());
        return own.run(doing, connection -> {
            Optional<LiveTable> live = Catalog.find(connection, target);
            Optional<LiveTable> staged = Catalog.find(connection, staging);
            Set<String> key = staged.isEmpty() ? Set.of() : key(connection, generation);
            String synced = syncedAt == null ? null : place.name(syncedAt);
            List<String> replacing = live.isEmpty() || staged.isEmpty()
                    ? List.of()
                    : new ReplaceSql(
                                    target,
                                    live.orElseThrow(),
                                    staging,
                                    staged.orElseThrow(),
                                    whole ? Set.of() : key,
                                    synced)
                            .statements();
            return new Look(live.isPresent(), staged.isPresent(), !key.isEmpty(), replacing);
        });
    }

    private Set<String> key(Connection connection, Generation generation) throws SQLException {
        String comment = Catalog.comment(
                connection,
                place,
                place.schema(generation.staging()),
                place.name(generation.staging().name()));
        Set<String> key = new HashSet<>();
        if (!comment.isEmpty()) {
            Router.split(comment).forEach(name -> key.add(place.name(name)));
        }
        return key;
    }

    @Override
    public Map<TopicPartition, Long> positions(String doing, TableId target) {
        return CopyStore.positions(rows(doing, ledger.nextOf(target)));
    }

    @Override
    public List<List<String>> rows(String doing, String query) {
        return own.run(
                doing,
                connection -> Statements.query(connection, query, row -> {
                    List<String> values = new ArrayList<>();
                    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                        values.add(row.getString(i));
                    }
                    return values;
                }));
    }

    @Override
    public void run(String doing, List<String> statements) {
        own.run(doing, connection -> execute(connection, statements));
    }

    @Override
    public void transact(String doing, List<String> statements) {
        own.transact(doing, connection -> {
            // Others who tell wait for the end of this.
            Statements.execute(connection, ledger.guard());
            return execute(connection, statements);
        });
    }

    @Override
    public boolean transact(String doing, String first, List<String> others) {
        return own.run(doing, connection -> {
            Statements.execute(connection, "BEGIN");
            boolean changed = Statements.execute(connection, first) > 0;
            if (changed) {
                execute(connection, others);
            }
            Statements.execute(connection, changed ? "COMMIT" : "ROLLBACK");
            return changed;
        });
    }

    private static boolean execute(Connection connection, List<String> statements) throws SQLException {
        for (String statement : statements) {
            Statements.execute(connection, statement);
        }
        return true;
    }
}
