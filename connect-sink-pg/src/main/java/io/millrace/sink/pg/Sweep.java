package io.millrace.sink.pg;

import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Moves a gathered copy into its table piece by piece, each in a transaction that also notes how far it is: first the rows
 * of the copy, as far as they differ, then what the copy lacks is deleted. Whoever comes next goes on from there.
 */
final class Sweep {
    private static final long BUDGET_NANOS = 1_000_000_000L;

    private final Connection connection;
    private final GenerationLog log;
    private final OverwriteSettings settings;
    private final String target;
    private final String generation;
    private final String staging;

    /** How one piece ended. */
    private enum Piece {
        MORE,
        LAST,
        /** An earlier copy is replacing the table: its piece has to end first. */
        NOT_YET,
        /** Superseded, done, or in the hands of another task. */
        NOT_OURS
    }

    /** What became of the table. */
    enum State {
        REPLACED,
        UNFINISHED,
        NOT_OURS
    }

    Sweep(
            Connection connection,
            GenerationLog log,
            OverwriteSettings settings,
            String target,
            String generation,
            String staging) {
        this.connection = connection;
        this.log = log;
        this.settings = settings;
        this.target = target;
        this.generation = generation;
        this.staging = staging;
    }

    /** Works for about a second. {@code last} runs in the transaction that ends the sweep. */
    State run(Last last) throws SQLException {
        long begun = System.nanoTime();
        Piece piece = Piece.MORE;
        while (piece == Piece.MORE && System.nanoTime() - begun < BUDGET_NANOS) {
            piece = piece(last);
        }
        return switch (piece) {
            case MORE, NOT_YET -> State.UNFINISHED;
            case LAST -> State.REPLACED;
            case NOT_OURS -> State.NOT_OURS;
        };
    }

    /** Statements of the last transaction. */
    interface Last {
        void run(TableId table, LiveTable live) throws SQLException;
    }

    private Piece piece(Last last) throws SQLException {
        execute("BEGIN");
        long moved;
        long swept;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(log.lockPosition(target, generation))) {
            if (!row.next()) {
                execute("ROLLBACK");
                return Piece.NOT_OURS;
            }
            moved = row.getLong(1);
            swept = row.getLong(2);
        }
        if (!Statements.isAny(connection, log.turn(target))) {
            execute("ROLLBACK");
            return Piece.NOT_YET;
        }
        execute(log.supersede(target, generation));
        TableId table = new TableId(Router.split(target));
        LiveTable live = Catalog.find(connection, table).orElse(null);
        if (live == null) {
            execute("DROP TABLE IF EXISTS " + staging + "; " + log.done(target, generation) + "; COMMIT");
            return Piece.LAST;
        }
        execute("CREATE TABLE IF NOT EXISTS " + staging + " (LIKE " + Sql.table(table) + " INCLUDING INDEXES)");
        LiveTable staged =
                Catalog.find(connection, new TableId(Router.split(staging))).orElseThrow();
        ReplaceSql sql = new ReplaceSql(Sql.table(table), live, staging, staged, settings);
        if (!sql.hasKey()) {
            throw new ConnectException("Table " + target + " has no key, and " + OverwriteSettings.STRATEGY
                    + "=sweep tells rows apart by it: use diff");
        }
        if (moved < pages(staging)) {
            if (moved == 0) {
                execute("ANALYZE " + staging);
            }
            execute(sql.move(moved, moved + settings.pages()));
            execute(log.position(target, generation, moved + settings.pages(), swept) + "; COMMIT");
            return Piece.MORE;
        }
        if (swept < pages(Sql.table(table))) {
            // A hash of the whole copy for each piece would take longer than all lookups of the piece.
            execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off");
            execute(sql.sweep(swept, swept + settings.pages()));
            execute(log.position(target, generation, moved, swept + settings.pages()) + "; COMMIT");
            return Piece.MORE;
        }
        last.run(table, live);
        execute(log.done(target, generation) + "; COMMIT");
        return Piece.LAST;
    }

    /** Of the largest part, for a partitioned table: its partitions have pages of the same numbers. */
    private long pages(String relation) throws SQLException {
        String regclass = Sql.text(relation) + "::regclass";
        String sql = "SELECT greatest(pg_relation_size(" + regclass + "), (SELECT max(pg_relation_size(relid))"
                + " FROM pg_partition_tree(" + regclass + "))) / current_setting('block_size')::int";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private void execute(String sql) throws SQLException {
        Statements.execute(connection, sql);
    }
}
