package io.millrace.source.snapshot;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.Slot;
import io.millrace.source.position.Lsn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the snapshot that the mirror's tasks share, or makes one. Used by one thread. */
public final class Snapshots {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);

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

    /** Has this worker hold a share's snapshot too; {@link HeldSnapshot#leave} has to follow. */
    public HeldSnapshot hold(Share share) {
        HeldSnapshot held = HeldSnapshot.of(settings.mirror());
        held.join(share.lease().generation(), () -> {
            SnapshotLease lease =
                    SnapshotLease.take(database.apart(), share.lease().living());
            try {
                lease.publish(settings.mirror());
                return lease;
            } catch (SQLException | RuntimeException e) {
                lease.close();
                throw e;
            }
        });
        return held;
    }

    /**
     * Joins the snapshot that another task or a worker holds; empty when there is none.
     *
     * @param from LSN where the stream will begin: an older snapshot is of an earlier copy
     */
    public Optional<Share> join(long from) throws SQLException {
        Optional<SnapshotLease.Living> living;
        try (Connection connection = database.connect("millrace")) {
            living = SnapshotLease.find(connection, settings.mirror(), from);
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
        return Optional.of(share(lease));
    }

    /** Takes the snapshot that a slot was made with. */
    public Share adopt(Slot.Created created) throws SQLException {
        return share(
                SnapshotLease.take(database, new SnapshotLease.Living(created.consistentLsn(), created.snapshotId())));
    }

    /** A new snapshot; for a mirror that streams with the exact LSN that it stands for, by a temporary slot. */
    public Share renew() throws SQLException {
        Share made = settings.streams() ? renewBySlot() : share(SnapshotLease.begin(database));
        LOG.info("Took a snapshot at {}", Lsn.text(made.lease().generation()));
        return made;
    }

    private Share renewBySlot() throws SQLException {
        String name = "millrace_tmp_" + Long.toHexString(System.nanoTime());
        PGConnection replication = database.connectReplication("millrace");
        try (Connection owned = (Connection) replication) {
            return adopt(Slot.create(replication, name, true));
        }
    }

    /** Plans in the snapshot and shows it to the other tasks. */
    private Share share(SnapshotLease lease) throws SQLException {
        try {
            List<CatalogTable> tables = new Catalog(lease.connection()).tables(settings.filter(), settings.viaRoot());
            List<Piece> pieces =
                    CopyPlan.pieces(lease.connection(), tables, settings.rowsPerPartition(), settings.partitionKeys());
            lease.publish(settings.mirror());
            return new Share(lease, pieces);
        } catch (SQLException | RuntimeException e) {
            lease.close();
            throw e;
        }
    }
}
