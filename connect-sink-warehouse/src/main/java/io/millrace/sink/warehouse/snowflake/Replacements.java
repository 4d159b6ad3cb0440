package io.millrace.sink.warehouse.snowflake;

import io.millrace.core.Manifest;
import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import io.millrace.sink.route.Router;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whole copies in Snowflake. The rows of each lie in a table beside the target, whose comment names its key, and replace
 * the target's in one transaction; the table is dropped behind it, since DDL would commit the transaction.
 */
final class Replacements implements Generations {
    private static final Logger LOG = LoggerFactory.getLogger(Replacements.class);
    private static final Set<String> OVER = Set.of("done", "superseded", "aborted");

    private final OwnTables own;
    private final Place place;
    private final GenerationLog log;
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

    private record Due(Generation generation, String state) {}

    /**
     * @param whole write all rows anew, not only those that differ
     * @param syncedAt a column that does not count as a difference
     */
    Replacements(
            OwnTables own, Place place, GenerationLog log, boolean whole, @Nullable String syncedAt, Tables tables) {
        this.own = own;
        this.place = place;
        this.log = log;
        this.whole = whole;
        this.syncedAt = syncedAt;
        this.tables = tables;
    }

    @Override
    public boolean open(Generation generation, TableShape wanted, EvolutionPolicy policy, boolean create) {
        String doing = "A copy of table " + generation.target() + " cannot be gathered";
        if (own.run(doing, connection -> OVER.contains(state(connection, generation)))) {
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
        return own.run(doing, connection -> {
            Statements.execute(
                    connection, "COMMENT ON TABLE " + place.sql(generation.staging()) + " IS " + Sql.text(key));
            return true;
        });
    }

    @Override
    public boolean tell(Generation generation, Manifest manifest) {
        return own.run("The manifest of table " + generation.target() + " cannot be written", connection -> {
            boolean known = !state(connection, generation).isEmpty();
            Statements.execute(connection, "BEGIN");
            // Others who tell wait for the end of this.
            Statements.execute(connection, log.ledger().guard());
            for (String statement : log.tell(generation, manifest)) {
                Statements.execute(connection, statement);
            }
            Statements.execute(connection, "COMMIT");
            return known || !state(connection, generation).equals("superseded");
        });
    }

    @Override
    public Replaced replace() {
        List<TableId> replaced = new ArrayList<>();
        List<Due> due = own.run(
                "Generations cannot be looked up",
                connection -> Statements.query(
                        connection,
                        log.due(),
                        row -> new Due(
                                Generation.of(new TableId(Router.split(row.getString(1))), row.getString(2)),
                                row.getString(3))));
        for (Due each : due) {
            Generation generation = each.generation;
            String doing = "Table " + generation.target() + " cannot be replaced by its new copy";
            if (!each.state.equals("ended")) {
                own.run(doing, connection -> clear(connection, generation));
            } else if (own.run(doing, connection -> replace(connection, generation))) {
                replaced.add(generation.target());
                own.run(doing, connection -> clear(connection, generation));
            }
        }
        return new Replaced(replaced, false);
    }

    private boolean clear(Connection connection, Generation generation) throws SQLException {
        Statements.execute(connection, "DROP TABLE IF EXISTS " + place.sql(generation.staging()));
        Statements.execute(connection, log.forgetOffsets(generation));
        Statements.execute(connection, log.cleared(generation));
        tables.forget(generation.staging());
        return true;
    }

    /** Whether this task was the one to do it. */
    private boolean replace(Connection connection, Generation generation) throws SQLException {
        String target = place.sql(generation.target());
        String staging = place.sql(generation.staging());
        Optional<LiveTable> live = Catalog.find(connection, target);
        Optional<LiveTable> staged = Catalog.find(connection, staging);
        Set<String> key = whole || staged.isEmpty() ? Set.of() : key(connection, generation);
        Statements.execute(connection, "BEGIN");
        if (Statements.execute(connection, log.done(generation)) == 0) {
            Statements.execute(connection, "ROLLBACK");
            return false;
        }
        if (live.isPresent() && staged.isPresent()) {
            String own = syncedAt == null ? null : place.name(syncedAt);
            ReplaceSql sql = new ReplaceSql(target, live.orElseThrow(), staging, staged.orElseThrow(), key, own);
            for (String statement : sql.statements()) {
                Statements.execute(connection, statement);
            }
        } else if (live.isPresent()
                && !Statements.query(connection, log.hasOffsets(generation), row -> row.getString(1))
                        .isEmpty()) {
            LOG.error(
                    "Copy {} of table {} is given up: the ledger is past its rows, and {}, where they were gathered, is gone. The table stays as it is; have the source copy it again",
                    generation.id(),
                    generation.target(),
                    generation.staging());
            Statements.execute(connection, log.giveUp(generation));
            Statements.execute(connection, "COMMIT");
            return false;
        } else if (live.isPresent()) {
            // A copy without rows.
            Statements.execute(connection, "DELETE FROM " + target);
        }
        Statements.execute(connection, "COMMIT");
        return true;
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

    /** Empty for a generation that is not known. */
    private String state(Connection connection, Generation generation) throws SQLException {
        return Statements.query(connection, log.state(generation), row -> row.getString(1)).stream()
                .findFirst()
                .orElse("");
    }
}
