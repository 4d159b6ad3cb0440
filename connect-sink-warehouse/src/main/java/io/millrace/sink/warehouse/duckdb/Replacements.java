package io.millrace.sink.warehouse.duckdb;

import static io.millrace.sink.warehouse.duckdb.OwnTables.execute;

import io.millrace.core.Manifest;
import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.route.Router;
import io.millrace.sink.sql.AwaitedRows;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whole copies in DuckDB. The rows of each lie in a table beside the target, whose comment names its key, and replace the
 * target's in one transaction.
 */
final class Replacements implements Generations {
    private static final Logger LOG = LoggerFactory.getLogger(Replacements.class);
    private static final Set<String> OVER = Set.of("done", "superseded", "aborted");

    private final OwnTables tables;
    private final GenerationLog log;
    private final Janitor janitor;
    private final boolean whole;
    private final @Nullable String syncedAt;
    private final Evolve evolve;

    /** Copies that could not be put in their table's place: trying them again is left to another task. */
    private final Set<Due> failed = new HashSet<>();

    /** {@link io.millrace.sink.destination.Destination#evolve}. */
    interface Evolve {
        Evolution table(TableShape wanted, EvolutionPolicy policy, boolean create);
    }

    private record Due(Generation generation, String state) {}

    /**
     * @param whole write all rows anew, not only those that differ
     * @param syncedAt a column that does not count as a difference
     */
    Replacements(
            Session session,
            GenerationLog log,
            Janitor janitor,
            boolean whole,
            @Nullable String syncedAt,
            Evolve evolve) {
        this.janitor = janitor;
        this.tables = new OwnTables(session, log.create());
        this.log = log;
        this.whole = whole;
        this.syncedAt = syncedAt;
        this.evolve = evolve;
    }

    @Override
    public boolean open(Generation generation, TableShape wanted, EvolutionPolicy policy, boolean create) {
        String doing = "A copy of table " + generation.target() + " cannot be gathered";
        if (tables.run(doing, connection -> isOver(connection, generation))) {
            return false;
        }
        evolve.table(wanted, policy, create)
                .ddl()
                .forEach(statement -> LOG.info("Table {}: {}", generation.target(), statement));
        evolve.table(
                new TableShape(generation.staging(), wanted.columns(), wanted.key(), wanted.bookkeeping()),
                EvolutionPolicy.ADD_AND_WIDEN,
                true);
        String key = wanted.key().isEmpty() ? "" : new TableId(wanted.key()).toString();
        return tables.run(doing, connection -> {
            execute(
                    connection,
                    "COMMENT ON TABLE " + Sql.table(Catalog.database(connection), generation.staging()) + " IS "
                            + Sql.text(key));
            return true;
        });
    }

    @Override
    public boolean tell(Generation generation, Manifest manifest) {
        return tables.run("The manifest of table " + generation.target() + " cannot be written", connection -> {
            boolean known = !state(connection, generation).isEmpty();
            execute(connection, "BEGIN TRANSACTION");
            for (String statement : log.tell(generation, manifest)) {
                execute(connection, statement);
            }
            execute(connection, "COMMIT");
            return known || !state(connection, generation).equals("superseded");
        });
    }

    @Override
    public Replaced replace() {
        List<TableId> replaced = new ArrayList<>();
        Map<TableId, ConnectException> failures = new HashMap<>();
        tables.run("Copies that nobody goes on with cannot be given up", janitor::look);
        List<Due> due = tables.run("Generations cannot be looked up", this::due);
        failed.retainAll(due);
        due.removeAll(failed);
        for (Due each : due) {
            Generation generation = each.generation;
            String doing = "Table " + generation.target() + " cannot be replaced by its new copy";
            try {
                if (!each.state.equals("ended")) {
                    tables.run(doing, connection -> clear(connection, generation));
                } else if (tables.run(doing, connection -> replace(connection, generation))) {
                    replaced.add(generation.target());
                }
            } catch (RetriableException e) {
                failures.putIfAbsent(generation.target(), e);
            } catch (ConnectException e) {
                failed.add(each);
                failures.put(generation.target(), e);
            }
        }
        return new Replaced(replaced, false, failures);
    }

    private boolean clear(Connection connection, Generation generation) throws SQLException {
        execute(connection, "BEGIN TRANSACTION");
        drop(connection, generation);
        execute(connection, log.cleared(generation));
        execute(connection, "COMMIT");
        return true;
    }

    /** Whether this task was the one to do it. */
    private boolean replace(Connection connection, Generation generation) throws SQLException {
        execute(connection, "BEGIN TRANSACTION");
        if (execute(connection, log.done(generation)) == 0) {
            execute(connection, "ROLLBACK");
            return false;
        }
        Optional<LiveTable> live = Catalog.find(connection, generation.target());
        Optional<LiveTable> staged = Catalog.find(connection, generation.staging());
        if (staged.isPresent() && isDoubled(connection, generation, staged.orElseThrow())) {
            execute(connection, log.giveUp(generation));
            execute(connection, "COMMIT");
            return false;
        }
        if (live.isPresent() && staged.isPresent()) {
            List<String> key = whole ? List.of() : key(connection, generation);
            ReplaceSql sql = new ReplaceSql(live.orElseThrow(), staged.orElseThrow(), key, syncedAt);
            for (String statement : sql.statements()) {
                execute(connection, statement);
            }
        } else if (live.isPresent() && isAny(connection, log.hasOffsets(generation))) {
            LOG.error(
                    "Copy {} of table {} is given up: the ledger is past its rows, and {}, where they were gathered, is gone. The table stays as it is; have the source copy it again",
                    generation.id(),
                    generation.target(),
                    generation.staging());
            execute(connection, log.giveUp(generation));
            execute(connection, "COMMIT");
            return false;
        } else if (live.isPresent()) {
            // A copy without rows.
            execute(connection, "DELETE FROM " + Sql.table(live.orElseThrow().catalog(), generation.target()));
        }
        drop(connection, generation);
        execute(connection, "COMMIT");
        return true;
    }

    /** Whether rows have come twice that nothing tells apart. */
    private boolean isDoubled(Connection connection, Generation generation, LiveTable staged) throws SQLException {
        if (!key(connection, generation).isEmpty()) {
            return false;
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        log.moreThanTold(generation, Sql.table(staged.catalog(), generation.staging())))) {
            boolean doubled = rows.next();
            if (doubled) {
                LOG.error(
                        "Copy {} of table {} is given up: it has {}, as a task of the source was interrupted and has sent some again, and without a key nothing tells them apart. The table stays as it is; have the source copy it again",
                        generation.id(),
                        generation.target(),
                        rows.getString(1));
            }
            return doubled;
        }
    }

    private void drop(Connection connection, Generation generation) throws SQLException {
        execute(connection, "DROP TABLE IF EXISTS " + Sql.table(Catalog.database(connection), generation.staging()));
        execute(connection, log.forgetOffsets(generation));
    }

    private static List<String> key(Connection connection, Generation generation) throws SQLException {
        String comment = Catalog.comment(connection, generation.staging());
        return comment.isEmpty() ? List.of() : Router.split(comment);
    }

    private List<Due> due(Connection connection) throws SQLException {
        List<Due> due = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(log.due())) {
            while (rows.next()) {
                TableId target = new TableId(Router.split(rows.getString(1)));
                due.add(new Due(Generation.of(target, rows.getString(2)), rows.getString(3)));
            }
        }
        return due;
    }

    @Override
    public List<Awaited> awaited() {
        return tables.run(
                "What copies wait for cannot be looked up", connection -> AwaitedRows.read(connection, log.awaited()));
    }

    private static boolean isAny(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }

    private boolean isOver(Connection connection, Generation generation) throws SQLException {
        return OVER.contains(state(connection, generation));
    }

    /** Empty for a generation that is not known. */
    private String state(Connection connection, Generation generation) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(log.state(generation))) {
            return rows.next() ? rows.getString(1) : "";
        }
    }
}
