package io.millrace.source.snapshot;

import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.Identifier;
import io.millrace.source.position.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session inside the exported snapshot of the initial copy. It reads chunks and exports the snapshot again under an id that its {@code application_name} shows, so that other
 * tasks find it in {@code pg_stat_activity}: the snapshot lives as long as one lease does. Not thread-safe.
 *
 * @see <a href="https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-SNAPSHOT-SYNCHRONIZATION">Snapshot
 *     synchronization</a>
 */
public final class SnapshotLease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotLease.class);
    private static final String MARK = "mr";
    private static final int ALIVE_SECONDS = 5;

    /** A chunk that is read again has its rows in the same order, so that the reading can go on behind any of them. */
    private static final String SAME_ORDER =
            "SET LOCAL synchronize_seqscans = off; SET LOCAL max_parallel_workers_per_gather = 0";

    private final Database database;
    private final Connection connection;
    private final long generation;
    private @Nullable String exported;

    private SnapshotLease(Database database, Connection connection, long generation) {
        this.database = database;
        this.connection = connection;
        this.generation = generation;
    }

    /** A living snapshot of the mirror: its LSN and an id to import it by. */
    public record Living(long generation, String snapshotId) {}

    /**
     * Looks for a lease that somebody holds, of a snapshot no older than {@code from}: one that is belongs to an earlier
     * copy. {@code connection} is any session of the same role and database.
     */
    public static Optional<Living> find(Connection connection, String mirror, long from) throws SQLException {
        String query = "SELECT application_name FROM pg_catalog.pg_stat_activity"
                + " WHERE datname = current_database() AND usename = current_user AND application_name LIKE ? ORDER BY backend_start";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, mark(mirror) + " %");
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    String[] parts = row.getString(1).split(" ");
                    if (parts.length == 4 && Long.compareUnsigned(Lsn.parse(parts[2]), from) >= 0) {
                        return Optional.of(new Living(Lsn.parse(parts[2]), parts[3]));
                    }
                }
                return Optional.empty();
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
            statement.execute(SAME_ORDER);
            statement.execute("SET TRANSACTION SNAPSHOT " + Identifier.literal(snapshot.snapshotId()));
            return new SnapshotLease(database, connection, snapshot.generation());
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Begins a snapshot of its own, for a copy that no stream follows. It needs no slot, so neither logical WAL nor the
     * right to replicate; its LSN only tells it from others.
     *
     * @param above another snapshot's LSN: this one's is higher, though nothing may have been written since
     */
    public static SnapshotLease begin(Database database, long above) throws SQLException {
        Connection connection = database.connect("millrace snapshot");
        try (Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setReadOnly(true);
            statement.execute(SAME_ORDER);
            // Not the written position, which does not move with a commit under synchronous_commit=off.
            try (ResultSet row = statement.executeQuery("SELECT CASE WHEN pg_catalog.pg_is_in_recovery()"
                    + " THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_insert_lsn() END")) {
                row.next();
                long lsn = Lsn.parse(row.getString(1));
                return new SnapshotLease(database, connection, Long.compareUnsigned(lsn, above) > 0 ? lsn : above + 1);
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

    /** What another session can import this lease's snapshot by, once it is published. */
    Living living() {
        String id = exported;
        if (id == null) {
            throw new IllegalStateException("the lease is not published");
        }
        return new Living(generation, id);
    }

    boolean isAlive() {
        try {
            return connection.isValid(ALIVE_SECONDS);
        } catch (SQLException e) {
            return false;
        }
    }

    /** The session, inside the snapshot's transaction. */
    public Connection connection() {
        return connection;
    }

    /** Where the session is open. */
    Database database() {
        return database;
    }

    /** Exports the snapshot again and shows it to the other tasks. */
    public void publish(String mirror) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_export_snapshot()")) {
            row.next();
            exported = row.getString(1);
            String name = mark(mirror) + " " + Lsn.text(generation) + " " + exported;
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
