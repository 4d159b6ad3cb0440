package io.millrace.source.snapshot;

import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.Identifier;
import io.millrace.source.catalog.TableId;
import io.millrace.source.position.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session inside the exported snapshot of the initial copy. It holds ACCESS SHARE on every table that is still to be
 * read, reads chunks, and exports the snapshot again under an id that its {@code application_name} shows, so that other
 * tasks find it in {@code pg_stat_activity}: the snapshot lives as long as one lease does. Not thread-safe.
 *
 * @see <a href="https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-SNAPSHOT-SYNCHRONIZATION">Snapshot
 *     synchronization</a>
 */
public final class SnapshotLease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotLease.class);
    private static final String MARK = "mr";
    private static final int LOCKS_A_STATEMENT = 200;

    private final Connection connection;
    private final long generation;

    private SnapshotLease(Connection connection, long generation) {
        this.connection = connection;
        this.generation = generation;
    }

    /** A living snapshot of the mirror: its LSN and an id to import it by. */
    public record Living(long generation, String snapshotId) {}

    /** Looks for a lease that somebody holds. {@code connection} is any session of the same role and database. */
    public static Optional<Living> find(Connection connection, String mirror) throws SQLException {
        String query = "SELECT application_name FROM pg_catalog.pg_stat_activity"
                + " WHERE datname = current_database() AND usename = current_user AND application_name LIKE ? ORDER BY backend_start LIMIT 1";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, mark(mirror) + " %");
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                String[] parts = row.getString(1).split(" ");
                return parts.length == 4 ? Optional.of(new Living(Lsn.parse(parts[2]), parts[3])) : Optional.empty();
            }
        }
    }

    /** Imports a snapshot. Until {@link #publish} nobody sees the lease. Fails when the snapshot is gone. */
    public static SnapshotLease take(Database database, Living snapshot) throws SQLException {
        Connection connection = database.connect("millrace snapshot");
        try (Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setReadOnly(true);
            statement.execute("SET TRANSACTION SNAPSHOT " + Identifier.literal(snapshot.snapshotId()));
            return new SnapshotLease(connection, snapshot.generation());
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Begins a snapshot of its own, for a copy that no stream follows. It needs no slot, so neither logical WAL nor the
     * right to replicate; its LSN only tells it from others.
     */
    public static SnapshotLease begin(Database database) throws SQLException {
        Connection connection = database.connect("millrace snapshot");
        try (Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setReadOnly(true);
            try (ResultSet row = statement.executeQuery("SELECT CASE WHEN pg_catalog.pg_is_in_recovery()"
                    + " THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() END")) {
                row.next();
                return new SnapshotLease(connection, Lsn.parse(row.getString(1)));
            }
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** LSN of the snapshot: it shows what committed before, the stream has what committed at or after. */
    public long generation() {
        return generation;
    }

    /** The session, inside the snapshot's transaction. */
    public Connection connection() {
        return connection;
    }

    /**
     * Locks the tables against being emptied or rewritten, which the snapshot would not survive. Returns those that
     * were rewritten between the snapshot and the lock: this snapshot cannot be used for them.
     *
     * @throws SQLException 55P03 when another session's waiting DDL stands before the lock
     */
    public List<String> lock(List<TableId> tables, int timeoutMillis) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = " + timeoutMillis);
            for (int from = 0; from < tables.size(); from += LOCKS_A_STATEMENT) {
                List<TableId> some = tables.subList(from, Math.min(tables.size(), from + LOCKS_A_STATEMENT));
                statement.execute("LOCK TABLE "
                        + some.stream().map(table -> "ONLY " + table.quoted()).collect(Collectors.joining(", "))
                        + " IN ACCESS SHARE MODE");
            }
            statement.execute("SET LOCAL lock_timeout = 0");
        }
        return rewritten(tables);
    }

    private List<String> rewritten(List<TableId> tables) throws SQLException {
        // The catalog shows the file as of the snapshot, the function the file as of now.
        String query = "SELECT c.oid::regclass::text FROM unnest(?::text[]) AS t(name)"
                + " JOIN pg_catalog.pg_class c ON c.oid = t.name::regclass"
                + " WHERE c.relfilenode <> pg_catalog.pg_relation_filenode(c.oid)";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "text", tables.stream().map(TableId::quoted).toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                List<String> found = new java.util.ArrayList<>();
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
                return found;
            }
        }
    }

    /** Exports the snapshot again and shows it to the other tasks. */
    public void publish(String mirror) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_export_snapshot()")) {
            row.next();
            String name = mark(mirror) + " " + Lsn.text(generation) + " " + row.getString(1);
            statement.execute("SET application_name = " + Identifier.literal(name));
        }
    }

    /** The hash keeps the mark and the id within the 63 bytes of an application name. */
    private static String mark(String mirror) {
        return MARK + " " + Long.toHexString(AdvisoryKey.of(mirror));
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("Closing a snapshot lease: {}", e.getMessage());
        }
    }
}
