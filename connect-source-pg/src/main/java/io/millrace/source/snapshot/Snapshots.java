package io.millrace.source.snapshot;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.Slot;
import io.millrace.source.catalog.SlotCreation;
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

    /**
     * A new snapshot; for a mirror that streams with the exact LSN that it stands for, by a temporary slot.
     *
     * @param before LSN of the one that it takes the place of; 0 for none
     */
    public Share renew(long before) throws SQLException {
        Share made = settings.streams() ? renewBySlot() : share(SnapshotLease.begin(database, before));
        LOG.info("Took a snapshot at {}", Lsn.text(made.lease().generation()));
        return made;
    }

    private Share renewBySlot() throws SQLException {
        String name = "millrace_tmp_" + Long.toHexString(System.nanoTime());
        PGConnection replication = database.connectReplication("millrace");
        try (Connection owned = (Connection) replication;
                Connection session = database.connect("millrace")) {
            return adopt(SlotCreation.create(
                    session, replication, name, SlotCreation.Kind.TEMPORARY, settings.slotTimeoutMillis()));
        }
    }

    /**
     * What is copied besides tables.
     *
     * @throws ConnectException where it has to be copied once, and nothing tells how far its reading came
     */
    private List<CatalogTable> views(SnapshotLease lease) throws SQLException {
        List<CatalogTable> views = new Catalog(lease.connection()).views(settings.filter());
        for (CatalogTable view : views) {
            if (settings.exactlyOnce() && !view.stored()) {
                throw new ConnectException(onceOnly(view));
            }
            if (settings.lane() == 0) {
                LOG.warn(
                        "{} is a {}: it is copied once, {}, and none of its changes is ever streamed",
                        view.id(),
                        view.sort(),
                        view.kind() == 'f' ? "as it is when its turn comes" : "as of the snapshot");
            }
        }
        return views;
    }

    /** Why exactly-once cannot have it. */
    public static String onceOnly(CatalogTable view) {
        return "table.include.list: " + view.id() + " is a " + view.sort() + ", whose rows come in another order each"
                + " time, so that a copy which was interrupted would repeat some: leave it out, take it over by the query"
                + " connector, or set exactly.once.support=requested";
    }

    /** Plans in the snapshot and shows it to the other tasks. */
    private Share share(SnapshotLease lease) throws SQLException {
        try {
            List<CatalogTable> tables =
                    new ArrayList<>(new Catalog(lease.connection()).tables(settings.filter(), settings.viaRoot()));
            tables.addAll(views(lease));
            List<Piece> pieces = CopyPlan.pieces(lease.connection(), tables, (table, stored) -> settings.cutBy(table));
            lease.publish(settings.mirror());
            return new Share(lease, pieces);
        } catch (SQLException | RuntimeException e) {
            lease.close();
            throw e;
        }
    }
}
