package io.millrace.source.snapshot;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.Slot;
import io.millrace.source.catalog.TableId;
import io.millrace.source.position.Lsn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the snapshot that the mirror's tasks share, or makes one. Used by one thread. */
public final class Snapshots {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);
    private static final int ATTEMPTS = 5;
    private static final int LOCK_TIMEOUT_MILLIS = 30_000;
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String UNDEFINED_TABLE = "42P01";

    private final Database database;
    private final CopySettings settings;

    public Snapshots(Database database, CopySettings settings) {
        this.database = database;
        this.settings = settings;
    }

    /** A lease, and what the snapshot has to copy. */
    public record Share(SnapshotLease lease, List<Piece> pieces) implements AutoCloseable {
        @Override
        public void close() {
            lease.close();
        }
    }

    /** Joins the snapshot that another task holds; empty when there is none. */
    public Optional<Share> join() throws SQLException {
        Optional<SnapshotLease.Living> living;
        try (Connection connection = database.connect("millrace")) {
            living = SnapshotLease.find(connection, settings.mirror());
        }
        if (living.isEmpty()) {
            return Optional.empty();
        }
        SnapshotLease lease;
        try {
            lease = SnapshotLease.take(database, living.orElseThrow());
        } catch (SQLException e) {
            LOG.info("The snapshot ended before it could be joined: {}", e.getMessage());
            return Optional.empty();
        }
        return share(lease);
    }

    /** Takes the snapshot that a slot was made with. */
    public Optional<Share> adopt(Slot.Created created) throws SQLException {
        return share(
                SnapshotLease.take(database, new SnapshotLease.Living(created.consistentLsn(), created.snapshotId())));
    }

    /** A new snapshot; for a mirror that streams with the exact LSN that it stands for, by a temporary slot. */
    public Share renew() throws SQLException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<Share> share = settings.streams() ? renewBySlot() : share(SnapshotLease.begin(database));
            if (share.isPresent()) {
                Share made = share.orElseThrow();
                LOG.info("Took a snapshot at {}", Lsn.text(made.lease().generation()));
                return made;
            }
        }
        throw new ConnectException("captured tables were dropped, truncated or rewritten during each of " + ATTEMPTS
                + " attempts to begin the initial copy: let it begin while no DDL runs");
    }

    private Optional<Share> renewBySlot() throws SQLException {
        String name = "millrace_tmp_" + Long.toHexString(System.nanoTime());
        PGConnection replication = database.connectReplication("millrace");
        try (Connection owned = (Connection) replication) {
            return adopt(Slot.create(replication, name, true));
        }
    }

    /** Plans in the snapshot and locks its tables; empty when a table was rewritten meanwhile. */
    private Optional<Share> share(SnapshotLease lease) throws SQLException {
        boolean kept = false;
        try {
            List<CatalogTable> tables = new Catalog(lease.connection()).tables(settings.filter(), settings.viaRoot());
            List<Piece> pieces = CopyPlan.pieces(lease.connection(), tables, settings.rowsPerPartition());
            List<TableId> stored =
                    new ArrayList<>(pieces.stream().map(Piece::stored).toList());
            List<String> rewritten = lease.lock(stored, LOCK_TIMEOUT_MILLIS);
            if (!rewritten.isEmpty()) {
                LOG.warn("{} changed between the snapshot and its lock: a new snapshot is needed", rewritten);
                return Optional.empty();
            }
            lease.publish(settings.mirror());
            kept = true;
            return Optional.of(new Share(lease, pieces));
        } catch (SQLException e) {
            if (UNDEFINED_TABLE.equals(e.getSQLState())) {
                LOG.warn("A table was dropped between the snapshot and its lock: {}", e.getMessage());
                return Optional.empty();
            }
            if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw new ConnectException(
                        "the initial copy could not lock its tables within " + LOCK_TIMEOUT_MILLIS
                                + " ms: DDL of another session waits or runs on one of them; end it and restart the task",
                        e);
            }
            throw e;
        } finally {
            if (!kept) {
                lease.close();
            }
        }
    }
}
