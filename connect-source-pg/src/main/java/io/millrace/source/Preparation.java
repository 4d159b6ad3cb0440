package io.millrace.source;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.Publication;
import io.millrace.source.catalog.PublicationPreparation;
import io.millrace.source.catalog.Published;
import io.millrace.source.catalog.ReplicaIdentities;
import io.millrace.source.catalog.Slot;
import io.millrace.source.catalog.SlotCreation;
import io.millrace.source.catalog.TableId;
import io.millrace.source.catalog.WalEnd;
import io.millrace.source.position.Lsn;
import io.millrace.source.position.Phase;
import io.millrace.source.position.StreamPosition;
import io.millrace.source.snapshot.Snapshots;
import io.millrace.source.stream.Supervision;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the publication and then the slot, or checks that those which exist will do. Done by task 0. */
final class Preparation implements Supervision {
    private static final Logger LOG = LoggerFactory.getLogger(Preparation.class);

    private static final int DROP_ATTEMPTS = 50;
    private static final long DROP_WAIT_MILLIS = 100;

    private final CdcConfig config;
    private final Database database;
    private final PublicationWatch publications;

    Preparation(CdcConfig config, Database database) {
        this.config = config;
        this.database = database;
        this.publications = new PublicationWatch(config.publication(), config.filter());
    }

    /**
     * @param copying where the stream will begin
     * @param share the new slot's own snapshot; null where the slot is older or the snapshot was void at once
     */
    record Prepared(Phase.Copying copying, Snapshots.@Nullable Share share) {}

    /** For a mirror of which nothing is stored. */
    Prepared begin(Snapshots snapshots) throws SQLException {
        if (!config.streams()) {
            Snapshots.Share share = snapshots.renew(0);
            return new Prepared(new Phase.Copying(share.lease().generation(), config.tasks()), share);
        }
        try (Connection connection = database.yielding("millrace")) {
            Optional<Slot> existing = Slot.find(connection, config.slot());
            preparePublication(connection, existing.isPresent());
            if (existing.isPresent()) {
                Slot slot = existing.orElseThrow();
                SlotChecks.usable(slot, database.name(), StreamPosition.at(slot.confirmedLsn(), 0));
                synchronise(slot);
                LOG.info("Using slot {}, confirmed up to {}", slot.name(), Lsn.text(slot.confirmedLsn()));
                return new Prepared(new Phase.Copying(slot.confirmedLsn(), config.tasks()), null);
            }
            PGConnection replication = database.connectReplication("millrace");
            try (Connection owned = (Connection) replication) {
                Slot.Created created = SlotCreation.create(
                        connection,
                        replication,
                        config.slot(),
                        config.slotFailover() ? SlotCreation.Kind.FAILOVER : SlotCreation.Kind.LASTING,
                        config.slotTimeoutMillis());
                LOG.info("Made slot {} at {}", config.slot(), Lsn.text(created.consistentLsn()));
                Phase.Copying copying = new Phase.Copying(created.consistentLsn(), config.tasks());
                return new Prepared(copying, config.copies() ? snapshots.adopt(created) : null);
            }
        }
    }

    /** Whether the stream can go on from a stored position; tables that the publication lacks are added to it. */
    void resume(StreamPosition position) throws SQLException {
        try (Connection connection = database.yielding("millrace")) {
            preparePublication(connection, true);
            // What is taken out from here on is noticed.
            publications.look(connection);
            Optional<Slot> slot = Slot.find(connection, config.slot());
            if (slot.isPresent()) {
                synchronise(slot.orElseThrow());
            }
        }
        check(position);
    }

    /** Refuses a slot that cannot go on from the position without a gap. */
    @Override
    public void check(StreamPosition position) throws SQLException {
        try (Connection connection = database.look("millrace")) {
            Slot slot = Slot.find(connection, config.slot())
                    .orElseThrow(() -> new ConnectException("slot.name: slot \"" + config.slot()
                            + "\" does not exist any more, though changes up to " + Lsn.text(position.wholeLsn())
                            + " were read from it"
                            + (config.dropsSlot() ? " (slot.drop.on.stop drops it when the task stops)" : "")
                            + (config.slotFailover()
                                    ? " (a promoted standby has it only where sync_replication_slots was on, and"
                                            + " pg_replication_slots showed it there as synced and not temporary)"
                                    : "")
                            + ". What changed since is lost to the stream: delete the connector's"
                            + " offsets to copy the tables again"));
            SlotChecks.promoted(slot);
            SlotChecks.usable(slot, database.name(), position);
            SlotChecks.reached(WalEnd.read(connection), position);
        }
    }

    @Override
    public Set<TableId> watch(Connection connection) throws SQLException {
        return publications.look(connection);
    }

    /** The captured tables that the stream has, as last looked. */
    Set<TableId> captured() {
        return publications.tables();
    }

    private void preparePublication(Connection connection, boolean slotExists) throws SQLException {
        Publication publication = new Publication(connection, config.publication());
        if (slotExists && !publication.exists()) {
            throw new ConnectException("publication.name: slot \"" + config.slot() + "\" exists but publication \""
                    + config.publication() + "\" does not, and one made now would not exist for the slot, which is"
                    + " older. Give the publication that the slot was used with, or drop the slot and delete the"
                    + " connector's offsets to copy the tables again");
        }
        List<CatalogTable> tables = new Catalog(connection).tables(config.filter(), config.viaRoot());
        ReplicaIdentities identities = ReplicaIdentities.read(connection);
        for (CatalogTable table : tables) {
            if (identities.of(table).isEmpty()) {
                LOG.warn(
                        "Table {} has no replica identity: while it is published, the server refuses every UPDATE and"
                                + " DELETE of it. Give it a primary key, run ALTER TABLE {} REPLICA IDENTITY FULL, or"
                                + " leave it out by table.exclude.list",
                        table.id(),
                        table.id().quoted());
            }
        }
        publishing(connection).run(WantedTables.of(config, tables, identities));
    }

    /** A column list does not grow by itself with its table. */
    @Override
    public void columnsMissing(CatalogTable table) throws SQLException {
        if (config.columnLists()) {
            try (Connection connection = database.yielding("millrace")) {
                publishing(connection).run(WantedTables.of(config, List.of(table), ReplicaIdentities.read(connection)));
            }
            publications.changedHere();
        }
    }

    private PublicationPreparation publishing(Connection connection) {
        return new PublicationPreparation(
                connection, config.publication(), config.autocreate(), config.publicationOptions());
    }

    /** What of each table the publication lets out, which the copy takes as well. */
    Published published() throws SQLException {
        try (Connection connection = database.connect("millrace")) {
            return config.streams()
                    ? new Publication(connection, config.publication()).published()
                    : config.rowFilters().published(new Catalog(connection).tables(config.filter(), config.viaRoot()));
        }
    }

    /** As {@link #published()}, with the conditions that held at a snapshot: what changes since the stream has by its own. */
    Published published(Connection snapshot) throws SQLException {
        return config.streams()
                ? published().with(new Publication(snapshot, config.publication()).conditions())
                : published();
    }

    /** A slot that a standby does not have cannot be read there after a failover. */
    private void synchronise(Slot slot) throws SQLException {
        if (config.slotFailover() && slot.failover() == Slot.Failover.NONE) {
            PGConnection replication = database.connectReplication("millrace");
            try (Connection owned = (Connection) replication) {
                Slot.alterForFailover(replication, slot.name());
                LOG.info("Slot {} is synchronised to standbys from now on", slot.name());
            }
        }
    }

    /** {@code slot.drop.on.stop}: once the walsender, which ends by itself, has let go of it. */
    void dropSlot() throws SQLException, InterruptedException {
        try (Connection connection = database.connect("millrace")) {
            for (int attempt = 0; Slot.find(connection, config.slot()).isPresent(); attempt++) {
                try {
                    Slot.drop(connection, config.slot());
                    LOG.info("Dropped slot {}, as slot.drop.on.stop asks", config.slot());
                } catch (SQLException e) {
                    if (attempt >= DROP_ATTEMPTS || !"55006".equals(e.getSQLState())) {
                        throw e;
                    }
                    Thread.sleep(DROP_WAIT_MILLIS);
                }
            }
        }
    }
}
