package io.millrace.source.catalog;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.postgresql.PGConnection;

/** The sessions that a task has open, so that another thread can cut them. Thread-safe. */
public final class OpenSessions {
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();

    void add(Connection connection) throws SQLException {
        for (Connection one : open) {
            if (one.isClosed()) {
                open.remove(one);
            }
        }
        open.add(connection);
    }

    /** The server's process for each, see {@code pg_stat_activity.pid}. */
    List<Integer> processes() throws SQLException {
        List<Integer> processes = new ArrayList<>();
        for (Connection one : open) {
            if (!one.isClosed()) {
                processes.add(one.unwrap(PGConnection.class).getBackendPID());
            }
        }
        return processes;
    }

    /** Closes the sockets at once; whoever waits on one gets an SQLException. */
    public void abort() {
        for (Connection connection : open) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                // It is gone already, which is what was wanted.
                open.remove(connection);
            }
        }
    }
}
