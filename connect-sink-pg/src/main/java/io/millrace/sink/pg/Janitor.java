package io.millrace.sink.pg;

import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives up copies that nobody goes on with: of connectors that were deleted, or of sources that never ended them. Temporary
 * tables of dead tasks need none of this: they end with their session.
 */
final class Janitor {
    private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);
    private static final long PERIOD_NANOS = 60_000_000_000L;

    private final GenerationLog log;
    private final long keepMillis;
    private long next = System.nanoTime();

    Janitor(GenerationLog log, long keepMillis) {
        this.log = log;
        this.keepMillis = keepMillis;
    }

    /** Once a minute. What is given up here is dropped like what was aborted. */
    void look(Connection connection) throws SQLException {
        if (System.nanoTime() - next < 0) {
            return;
        }
        next = System.nanoTime() + PERIOD_NANOS;
        for (String generation : Statements.strings(connection, log.abandon(keepMillis))) {
            LOG.warn("Nothing has come of copy {} for {} ms: it is given up", generation, keepMillis);
        }
        for (String table : Statements.strings(connection, log.strays(keepMillis))) {
            drop(connection, table);
        }
    }

    /** Another role's table may not be ours to drop: that is no reason to stop. */
    private static void drop(Connection connection, String table) throws SQLException {
        try {
            Statements.execute(connection, "DROP TABLE IF EXISTS " + table);
            LOG.warn("Table {} was left behind by a copy that nobody goes on with: it is dropped", table);
        } catch (SQLException e) {
            if (SqlErrors.isConnection(e)) {
                throw e;
            }
            LOG.warn("Table {} was left behind by a copy and cannot be dropped: {}", table, e.getMessage());
        }
    }
}
