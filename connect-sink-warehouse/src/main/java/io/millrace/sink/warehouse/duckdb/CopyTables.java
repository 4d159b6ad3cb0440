package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.Generations.Generation;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.route.Router;
import io.millrace.sink.warehouse.copies.CopyLog;
import io.millrace.sink.warehouse.copies.CopyStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Whole copies in DuckDB: a table's comment names the key of the rows that are gathered in it. */
final class CopyTables implements CopyStore {
    private final OwnTables own;
    private final Ledger ledger;
    private final Janitor janitor;
    private final boolean whole;
    private final @Nullable String syncedAt;
    private final Evolve evolve;

    /** {@link io.millrace.sink.destination.Destination#evolve}. */
    interface Evolve {
        Evolution table(TableShape wanted, EvolutionPolicy policy, boolean create);
    }

    /**
     * @param whole write all rows anew, not only those that differ
     * @param syncedAt a column that does not count as a difference
     */
    CopyTables(
            Session session,
            CopyLog log,
            Ledger ledger,
            Janitor janitor,
            boolean whole,
            @Nullable String syncedAt,
            Evolve evolve) {
        this.own = new OwnTables(session, log.create());
        this.ledger = ledger;
        this.janitor = janitor;
        this.whole = whole;
        this.syncedAt = syncedAt;
        this.evolve = evolve;
    }

    @Override
    public void tidy() {
        own.run("Copies that nobody goes on with cannot be given up", janitor::look);
    }

    @Override
    public Evolution evolve(TableShape wanted, EvolutionPolicy policy, boolean create) {
        return evolve.table(wanted, policy, create);
    }

    @Override
    public String name(TableId table) {
        return own.run("The database cannot be asked for its name", connection -> name(connection, table));
    }

    private static String name(Connection connection, TableId table) throws SQLException {
        return Sql.table(Catalog.database(connection), table);
    }

    @Override
    public String describe(TableId table, String text) {
        return "COMMENT ON TABLE " + name(table) + " IS " + Sql.text(text);
    }

    @Override
    public Look look(String doing, Generation generation) {
        return own.run(doing, connection -> {
            Optional<LiveTable> live = Catalog.find(connection, generation.target());
            Optional<LiveTable> staged = Catalog.find(connection, generation.staging());
            String comment = Catalog.comment(connection, generation.staging());
            List<String> key = comment.isEmpty() ? List.of() : Router.split(comment);
            List<String> replacing = live.isEmpty() || staged.isEmpty()
                    ? List.of()
                    : new ReplaceSql(live.orElseThrow(), staged.orElseThrow(), whole ? List.of() : key, syncedAt)
                            .statements();
            return new Look(live.isPresent(), staged.isPresent(), !key.isEmpty(), replacing);
        });
    }

    @Override
    public Map<TopicPartition, Long> positions(String doing, TableId target) {
        return CopyStore.positions(rows(doing, ledger.nextOf(target)));
    }

    @Override
    public List<List<String>> rows(String doing, String query) {
        return own.run(doing, connection -> {
            List<List<String>> found = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(query)) {
                while (rows.next()) {
                    List<String> values = new ArrayList<>();
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        values.add(rows.getString(i));
                    }
                    found.add(values);
                }
            }
            return found;
        });
    }

    @Override
    public void run(String doing, List<String> statements) {
        transact(doing, statements);
    }

    @Override
    public void transact(String doing, List<String> statements) {
        own.run(doing, connection -> {
            OwnTables.execute(connection, "BEGIN TRANSACTION");
            for (String statement : statements) {
                OwnTables.execute(connection, statement);
            }
            return OwnTables.execute(connection, "COMMIT");
        });
    }

    @Override
    public boolean transact(String doing, String first, List<String> others) {
        return own.run(doing, connection -> {
            OwnTables.execute(connection, "BEGIN TRANSACTION");
            if (OwnTables.execute(connection, first) == 0) {
                OwnTables.execute(connection, "ROLLBACK");
                return false;
            }
            for (String statement : others) {
                OwnTables.execute(connection, statement);
            }
            OwnTables.execute(connection, "COMMIT");
            return true;
        });
    }
}
