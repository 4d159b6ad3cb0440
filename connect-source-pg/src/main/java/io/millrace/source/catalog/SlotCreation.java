package io.millrace.source.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.postgresql.PGConnection;

/** Makes a slot within a time-out; past it, says which transactions the server waits for. */
public final class SlotCreation {
    private SlotCreation() {}

    /** What becomes of the slot. */
    public enum Kind {
        /** It stays. */
        LASTING,
        /** It stays, and is synchronised to standbys; from Postgres 17 on. */
        FAILOVER,
        /** It goes with its session. */
        TEMPORARY
    }

    /**
     * @param session a session beside, to look who is in the way
     * @param replication the walsender session that makes the slot; of no more use after a failure
     * @param timeoutMillis {@code slot.creation.timeout.ms}
     */
    public static Slot.Created create(
            Connection session, PGConnection replication, String name, Kind kind, int timeoutMillis)
            throws SQLException {
        Connection walsender = (Connection) replication;
        long start = System.nanoTime();
        walsender.setNetworkTimeout(Runnable::run, timeoutMillis);
        try {
            Slot.Created created = kind == Kind.FAILOVER
                    ? Slot.createForFailover(replication, name)
                    : Slot.create(replication, name, kind == Kind.TEMPORARY);
            walsender.setNetworkTimeout(Runnable::run, 0);
            return created;
        } catch (SQLException e) {
            boolean waited = (System.nanoTime() - start) / 1_000_000 >= timeoutMillis;
            if (!waited) {
                throw e;
            }
            List<String> open = openTransactions(session);
            terminate(session, replication.getBackendPID());
            throw new ConnectException(
                    "slot.creation.timeout.ms: slot \"" + name + "\" could not be made within " + timeoutMillis
                            + " ms because these transactions are open: " + open
                            + ". End them (pg_terminate_backend) and restart the task",
                    e);
        }
    }

    /** The server does not notice that nobody waits any more, and would make the slot later. */
    private static void terminate(Connection session, int pid) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement("SELECT pg_catalog.pg_terminate_backend(?)")) {
            statement.setInt(1, pid);
            statement.execute();
        }
    }

    private static List<String> openTransactions(Connection session) throws SQLException {
        List<String> open = new ArrayList<>();
        try (PreparedStatement statement = session.prepareStatement(
                        "SELECT 'pid ' || pid || ' of ' || coalesce(usename, '?') || ', since ' || xact_start"
                                + " FROM pg_catalog.pg_stat_activity WHERE backend_xid IS NOT NULL"
                                + " ORDER BY xact_start LIMIT 5");
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                open.add(rows.getString(1));
            }
        }
        return open;
    }
}
