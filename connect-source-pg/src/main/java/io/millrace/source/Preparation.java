package io.millrace.source;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.Publication;
import io.millrace.source.catalog.Slot;
import io.millrace.source.catalog.TableId;
import io.millrace.source.position.Lsn;
import io.millrace.source.position.Phase;
import io.millrace.source.position.StreamPosition;
import io.millrace.source.snapshot.Snapshots;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the publication and then the slot, or checks that those which exist will do. Done by task 0. */
final class Preparation {
    private static final Logger LOG = LoggerFactory.getLogger(Preparation.class);

    private final CdcConfig config;
    private final Database database;

    Preparation(CdcConfig config, Database database) {
        this.config = config;
        this.database = database;
    }

    /**
     * @param copying where the stream will begin
     * @param share the new slot's own snapshot; null where the slot is older or the snapshot was void at once
     */
    record Prepared(Phase.Copying copying, Snapshots.@Nullable Share share) {}

    /** For a mirror of which nothing is stored. */
    Prepared begin(Snapshots snapshots) throws SQLException {
        if (!config.streams()) {
            return new Prepared(new Phase.Copying(0, config.tasks()), null);
        }
        try (Connection connection = database.connect("millrace")) {
            Optional<Slot> existing = Slot.find(connection, config.slot());
            preparePublication(connection, existing.isPresent());
            if (existing.isPresent()) {
                Slot slot = existing.orElseThrow();
                SlotChecks.usable(slot, database.name(), StreamPosition.at(slot.confirmedLsn(), 0));
                LOG.info("Using slot {}, confirmed up to {}", slot.name(), Lsn.text(slot.confirmedLsn()));
                return new Prepared(new Phase.Copying(slot.confirmedLsn(), config.tasks()), null);
            }
            PGConnection replication = database.connectReplication("millrace");
            try (Connection owned = (Connection) replication) {
                Slot.Created created =
                        SlotCreation.create(connection, replication, config.slot(), config.slotTimeoutMillis());
                LOG.info("Made slot {} at {}", config.slot(), Lsn.text(created.consistentLsn()));
                Phase.Copying copying = new Phase.Copying(created.consistentLsn(), config.tasks());
                return new Prepared(
                        copying, config.copies() ? snapshots.adopt(created).orElse(null) : null);
            }
        }
    }

    /** Whether the stream can go on from a stored position; tables that the publication lacks are added to it. */
    void resume(StreamPosition position) throws SQLException {
        try (Connection connection = database.connect("millrace")) {
            preparePublication(connection, true);
        }
        checkSlot(position);
    }

    /** Refuses a slot that cannot go on from the position without a gap. */
    void checkSlot(StreamPosition position) throws SQLException {
        try (Connection connection = database.connect("millrace")) {
            Slot slot = Slot.find(connection, config.slot())
                    .orElseThrow(() -> new ConnectException("slot.name: slot \"" + config.slot()
                            + "\" does not exist any more, though changes up to " + Lsn.text(position.wholeLsn())
                            + " were read from it. What changed since is lost to the stream: delete the connector's"
                            + " offsets to copy the tables again"));
            SlotChecks.usable(slot, database.name(), position);
        }
    }

    private void preparePublication(Connection connection, boolean slotExists) throws SQLException {
        Publication publication = new Publication(connection, config.publication());
        if (slotExists && !publication.exists()) {
            throw new ConnectException("publication.name: slot \"" + config.slot() + "\" exists but publication \""
                    + config.publication() + "\" does not, and one made now would not exist for the slot, which is"
                    + " older. Give the publication that the slot was used with, or drop the slot and delete the"
                    + " connector's offsets to copy the tables again");
        }
        List<TableId> tables = new Catalog(connection)
                .tables(config.filter(), config.viaRoot()).stream()
                        .map(CatalogTable::id)
                        .toList();
        publication.prepare(config.autocreate(), tables, config.viaRoot());
    }
}
