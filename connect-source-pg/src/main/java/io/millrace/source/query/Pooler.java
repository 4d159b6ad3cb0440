package io.millrace.source.query;

import io.millrace.source.codec.SessionSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Finds out whether sessions are what they seem. A pooler that gives a server session away between two transactions
 * (PgBouncer's pool_mode=transaction or statement) breaks the locks that show others which mirrors are taken, and would
 * spread our session settings over other people's work; one that keeps it (pool_mode=session) is as good as none.
 *
 * @see <a href="https://www.pgbouncer.org/features.html">PgBouncer's pooling modes</a>
 */
public final class Pooler {
    private Pooler() {}

    /**
     * Of two sessions that are open at once each has a server process of its own and keeps it. A pooler gives the one
     * that idles to the other, or goes round, so that the same session has another one the next time.
     *
     * @throws ConnectException when sessions are given away
     */
    public static void refuse(SessionSource sessions) throws SQLException {
        try (Connection one = sessions.open();
                Connection other = sessions.open()) {
            int first = backend(one);
            if (backend(one) != first || backend(other) == first || backend(one) != first) {
                throw new ConnectException("a pooler gives one server session to several clients in"
                        + " turn (pool_mode=transaction or statement): set database.hostname and database.port to the"
                        + " server itself, or to a pool with pool_mode=session");
            }
        }
    }

    private static int backend(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }
}
