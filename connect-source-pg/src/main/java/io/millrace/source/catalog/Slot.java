package io.millrace.source.catalog;

import io.millrace.source.position.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * A logical replication slot as {@code pg_replication_slots} shows it.
 *
 * @param activePid the walsender that reads it, 0 when none does
 * @param confirmedLsn up to where its reader has confirmed
 * @param walStatus reserved, extended, unreserved or lost
 * @param invalidation why the server has made it unusable (from 17 on), else null
 * @param failover how it is synchronised to standbys (from 17 on)
 */
public record Slot(
        String name,
        String plugin,
        @Nullable String database,
        int activePid,
        long confirmedLsn,
        String walStatus,
        @Nullable String invalidation,
        Failover failover) {
    private static final int FAILOVER = 17;

    /** Whether a standby that takes over will have the slot. */
    public enum Failover {
        /** It will not. */
        NONE,
        /** It is synchronised to standbys. */
        KEPT,
        /** This is such a standby, not promoted yet: nobody can read the slot here. */
        COPY
    }

    /** What a new slot comes with: its point, and a snapshot that shows exactly what was committed before it. */
    public record Created(long consistentLsn, String snapshotId) {}

    public static Optional<Slot> find(Connection connection, String name) throws SQLException {
        String more = connection.getMetaData().getDatabaseMajorVersion() >= FAILOVER
                ? "invalidation_reason, CASE WHEN synced AND pg_catalog.pg_is_in_recovery() THEN 'COPY'"
                        + " WHEN failover THEN 'KEPT' ELSE 'NONE' END"
                : "NULL, 'NONE'";
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT plugin, database, active_pid, confirmed_flush_lsn, wal_status, "
                        + more + " FROM pg_catalog.pg_replication_slots WHERE slot_name = ?")) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                String confirmed = row.getString(4);
                return Optional.of(new Slot(
                        name,
                        String.valueOf(row.getString(1)),
                        row.getString(2),
                        row.getInt(3),
                        confirmed == null ? 0 : Lsn.parse(confirmed),
                        String.valueOf(row.getString(5)),
                        row.getString(6),
                        Failover.valueOf(row.getString(7))));
            }
        }
    }

    /**
     * Makes a slot and exports its snapshot, which lives until the next command on the same connection. The server
     * waits for every transaction that is open.
     */
    public static Created create(PGConnection replication, String name, boolean temporary) throws SQLException {
        return created(
                replication,
                "CREATE_REPLICATION_SLOT " + Identifier.quoted(name) + (temporary ? " TEMPORARY" : "")
                        + " LOGICAL pgoutput EXPORT_SNAPSHOT");
    }

    /** The same, synchronised to standbys. From Postgres 17 on. */
    public static Created createForFailover(PGConnection replication, String name) throws SQLException {
        return created(
                replication,
                "CREATE_REPLICATION_SLOT " + Identifier.quoted(name)
                        + " LOGICAL pgoutput (SNAPSHOT 'export', FAILOVER true)");
    }

    private static Created created(PGConnection replication, String command) throws SQLException {
        try (Statement statement = ((Connection) replication).createStatement();
                ResultSet row = statement.executeQuery(command)) {
            row.next();
            return new Created(Lsn.parse(row.getString("consistent_point")), row.getString("snapshot_name"));
        }
    }

    /** Has an existing slot synchronised to standbys. From Postgres 17 on, while nobody reads the slot. */
    public static void alterForFailover(PGConnection replication, String name) throws SQLException {
        try (Statement statement = ((Connection) replication).createStatement()) {
            statement.execute("ALTER_REPLICATION_SLOT " + Identifier.quoted(name) + " (FAILOVER true)");
        }
    }

    public static void drop(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT pg_catalog.pg_drop_replication_slot(?)")) {
            statement.setString(1, name);
            statement.execute();
        }
    }
}
