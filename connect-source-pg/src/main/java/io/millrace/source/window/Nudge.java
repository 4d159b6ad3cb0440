package io.millrace.source.window;

import io.millrace.source.catalog.Sessions;
import io.millrace.source.stream.Companion;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the stream on where something waits for it to pass a point: on an idle server nothing may come behind the point,
 * or what does may not be flushed. A message does both; no table is written. Where the role may not, or the server is a
 * standby, its own pace has to do.
 */
final class Nudge {
    private static final Logger LOG = LoggerFactory.getLogger(Nudge.class);
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Sessions sessions;
    private boolean waiting;
    private long sinceNanos;

    Nudge(Sessions sessions) {
        this.sessions = sessions;
    }

    void goesOn() {
        waiting = false;
    }

    void waits() {
        long now = System.nanoTime();
        if (!waiting) {
            waiting = true;
            sinceNanos = now;
        } else if (now - sinceNanos > PATIENCE_NANOS) {
            sinceNanos = now + PAUSE_NANOS;
            sessions.submit(session -> {
                try (Statement statement = session.createStatement()) {
                    // The transaction's id makes its end flush the WAL; the message alone would wait for the WAL
                    // writer. Standbys need not be waited for.
                    statement.execute("BEGIN; SET LOCAL synchronous_commit = local;"
                            + " SELECT pg_catalog.pg_current_xact_id(), pg_catalog.pg_logical_emit_message(false, '"
                            + Companion.PREFIX + "', ''); COMMIT");
                } catch (SQLException e) {
                    LOG.debug("No message could be written: {}", e.getMessage());
                }
                return "";
            });
        }
    }
}
