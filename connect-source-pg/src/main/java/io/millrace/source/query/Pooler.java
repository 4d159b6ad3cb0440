package io.millrace.source.query;

import io.millrace.source.codec.SessionSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.kafka.connect.errors.ConnectException;
import org.postgresql.PGConnection;

/**
 * Finds out whether sessions are what they seem. A pooler that gives a server session away between two transactions
 * (PgBouncer's pool_mode=transaction or statement) breaks the locks that show others which mirrors are taken, and would
 * spread our session settings over other people's work; one that keeps it (pool_mode=session) is as good as none.
 */
public final class Pooler {
    private Pooler() {}

    /** @throws ConnectException when sessions are given away */
    public static void refuse(SessionSource sessions) throws SQLException {
        try (Connection one = sessions.open()) {
            int shown = one.unwrap(PGConnection.class).getBackendPID();
            int first = backend(one);
            if (first == shown) {
                return;
            }
            // There is a pooler: while this session waits, does another one get its server process?
            try (Connection other = sessions.open()) {
                if (backend(other) == first || backend(one) != first) {
                    throw new ConnectException("a pooler gives one server session to several clients in turn"
                            + " (pool_mode=transaction): connect to the server itself, or to a pool with"
                            + " pool_mode=session");
                }
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
