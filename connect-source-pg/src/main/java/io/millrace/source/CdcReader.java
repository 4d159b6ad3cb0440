package io.millrace.source;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.Publication;
import io.millrace.source.catalog.Slot;
import io.millrace.source.catalog.TableId;
import io.millrace.source.codec.ColumnCodecs;
import io.millrace.source.position.Lsn;
import io.millrace.source.position.Phase;
import io.millrace.source.position.StoredOffsets;
import io.millrace.source.position.StreamOffset;
import io.millrace.source.position.StreamPosition;
import io.millrace.source.position.TableProgress;
import io.millrace.source.record.ControlRecords;
import io.millrace.source.record.SourceBlock;
import io.millrace.source.record.TableSchemas;
import io.millrace.source.snapshot.CopyPlan;
import io.millrace.source.snapshot.CopySettings;
import io.millrace.source.snapshot.Piece;
import io.millrace.source.snapshot.SnapshotCopy;
import io.millrace.source.snapshot.Snapshots;
import io.millrace.source.stream.StreamReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one task does, in order: prepare, copy, stream. Runs in the task's reading thread. Task 0 leads: it makes the
 * publication, the slot and new snapshots, and streams; the others take part in the copy and then have nothing to do.
 * {@link #run} may be called again after an SQLException: it finds out anew where the mirror stands.
 */
final class CdcReader {
    private static final Logger LOG = LoggerFactory.getLogger(CdcReader.class);
    private static final long WAIT_MILLIS = 500;

    private final CdcConfig config;
    private final int task;
    private final Database database;
    private final StoredOffsets stored;
    private final ControlRecords control;
    private final RecordBatches out;
    private volatile @Nullable StreamReader stream;
    private @Nullable Phase begun;

    CdcReader(CdcConfig config, int task, StoredOffsets stored, RecordBatches out) {
        this.config = config;
        this.task = task;
        this.database = config.database();
        this.stored = stored;
        this.control = new ControlRecords(config.topics());
        this.out = out;
    }

    Database database() {
        return database;
    }

    /** Passes on what Connect has committed, so that the slot can drop its WAL. Called by any thread. */
    void confirm() {
        StreamReader reader = stream;
        if (reader != null && stored.phase() instanceof Phase.Streaming streaming) {
            reader.confirm(streaming.position().wholeLsn());
        }
    }

    /** Returns when there is nothing left to do for this task. */
    void run() throws SQLException, InterruptedException {
        StreamReader going = stream;
        if (going != null) {
            going.run();
            return;
        }
        ColumnCodecs codecs = ColumnCodecs.connect(() -> database.connect("millrace"), config.codecOptions());
        TableSchemas schemas = new TableSchemas(
                codecs, config.topics(), new SourceBlock(config.topicPrefix(), database.name()), config.filter());
        Phase phase = begun != null ? begun : stored.phase();
        if (phase instanceof Phase.Streaming streaming) {
            stream(
                    schemas,
                    streaming.position(),
                    replayUntil(streaming.position().lanes()));
            return;
        }
        if (task == 0) {
            lead(schemas, phase);
        } else if (config.copies()) {
            follow(schemas);
        }
    }

    private void lead(TableSchemas schemas, Phase phase) throws SQLException, InterruptedException {
        int lanes = phase instanceof Phase.Copying before ? before.lanes() : 0;
        CopySettings settings = config.copySettings(task, lanes);
        Snapshots snapshots = new Snapshots(database, settings);
        Snapshots.@Nullable Share share = null;
        Phase.Copying copying;
        if (phase instanceof Phase.Copying before) {
            copying = new Phase.Copying(before.slotLsn(), settings.lanes());
        } else {
            try (Connection connection = database.connect("millrace")) {
                preparePublication(connection);
                Optional<Slot> slot = config.streams() ? Slot.find(connection, config.slot()) : Optional.empty();
                if (!config.streams()) {
                    copying = new Phase.Copying(0, config.tasks());
                } else if (slot.isPresent()) {
                    LOG.info(
                            "Using slot {}, confirmed up to {}",
                            config.slot(),
                            Lsn.text(slot.orElseThrow().confirmedLsn()));
                    copying = new Phase.Copying(slot.orElseThrow().confirmedLsn(), config.tasks());
                } else {
                    PGConnection replication = database.connectReplication("millrace");
                    try (Connection owned = (Connection) replication) {
                        Slot.Created created =
                                SlotCreation.create(connection, replication, config.slot(), config.slotTimeoutMillis());
                        LOG.info("Made slot {} at {}", config.slot(), Lsn.text(created.consistentLsn()));
                        copying = new Phase.Copying(created.consistentLsn(), config.tasks());
                        share = config.copies() ? snapshots.adopt(created).orElse(null) : null;
                    }
                }
            }
        }
        begun = copying;
        if (config.copies()) {
            out.add(control.control(Phase.partition(config.topicPrefix()), copying.offset(), "snapshot", ""), 0);
            out.flush();
            if (share == null) {
                share = snapshots.join().orElse(null);
            }
            copy(schemas, share == null ? snapshots.renew() : share, settings);
            LOG.info("The initial copy is complete");
        }
        StreamPosition start = StreamPosition.at(copying.slotLsn(), config.copies() ? copying.lanes() : 0);
        out.add(
                control.control(
                        Phase.partition(config.topicPrefix()),
                        StreamOffset.between(start, System.currentTimeMillis() * 1000),
                        "stream",
                        ""),
                0);
        out.flush();
        if (config.streams()) {
            stream(schemas, start, replayUntil(start.lanes()));
        }
    }

    /** Takes part in the copy whenever there is a snapshot, until the mirror streams. */
    private void follow(TableSchemas schemas) throws SQLException, InterruptedException {
        while (true) {
            Phase phase = stored.phase();
            if (phase instanceof Phase.Streaming) {
                return;
            }
            int lanes = phase instanceof Phase.Copying copying ? copying.lanes() : 0;
            CopySettings settings = config.copySettings(task, lanes);
            Optional<Snapshots.Share> share = new Snapshots(database, settings).join();
            if (share.isPresent()) {
                copy(schemas, share.orElseThrow(), settings);
            }
            Thread.sleep(WAIT_MILLIS);
        }
    }

    /** Copies what no snapshot has finished yet. */
    private void copy(TableSchemas schemas, Snapshots.Share share, CopySettings settings)
            throws SQLException, InterruptedException {
        try (share) {
            int lanes = settings.lanes();
            List<String> names = share.pieces().stream()
                    .map(piece -> piece.stored().toString())
                    .toList();
            Map<String, List<TableProgress>> progress = stored.progress(names, lanes);
            List<Piece> left = share.pieces().stream()
                    .filter(piece -> finished(progress, piece) == null)
                    .toList();
            LOG.info(
                    "Copying {} of {} tables from the snapshot at {}",
                    left.size(),
                    names.size(),
                    Lsn.text(share.lease().generation()));
            new SnapshotCopy(settings, share.lease(), left, stored, schemas, control, out).run();
        }
    }

    private static @Nullable Long finished(Map<String, List<TableProgress>> progress, Piece piece) {
        return TableProgress.finished(progress.getOrDefault(piece.stored().toString(), List.of()));
    }

    /**
     * Up to where each table's events are in its copied rows already: the LSN of the snapshot that it was copied from,
     * where that is younger than the slot. By {@code schema.table}.
     */
    private Map<String, Long> replayUntil(int lanes) throws SQLException {
        if (lanes == 0) {
            return Map.of();
        }
        try (Connection connection = database.connect("millrace")) {
            List<CatalogTable> tables = new Catalog(connection).tables(config.filter(), config.viaRoot());
            List<Piece> pieces = CopyPlan.pieces(
                    connection, tables, config.copySettings(task, lanes).rowsPerPartition());
            Map<String, List<TableProgress>> progress = stored.progress(
                    pieces.stream().map(piece -> piece.stored().toString()).toList(), lanes);
            Map<String, Long> until = new HashMap<>();
            for (Piece piece : pieces) {
                Long generation = finished(progress, piece);
                if (generation != null) {
                    until.merge(piece.table().id().toString(), generation, CdcReader::later);
                }
            }
            return until;
        }
    }

    private static long later(long a, long b) {
        return Long.compareUnsigned(a, b) >= 0 ? a : b;
    }

    private void preparePublication(Connection connection) throws SQLException {
        List<TableId> tables = new Catalog(connection)
                .tables(config.filter(), config.viaRoot()).stream()
                        .map(CatalogTable::id)
                        .toList();
        if (config.streams()) {
            new Publication(connection, config.publication()).prepare(config.autocreate(), tables, config.viaRoot());
        }
    }

    private void stream(TableSchemas schemas, StreamPosition start, Map<String, Long> replayUntil)
            throws SQLException, InterruptedException {
        if (task != 0 || !config.streams()) {
            return;
        }
        try (Connection connection = database.connect("millrace")) {
            preparePublication(connection);
            Slot slot = Slot.find(connection, config.slot())
                    .orElseThrow(() -> new ConnectException("slot.name: slot \"" + config.slot()
                            + "\" does not exist any more, though changes up to " + Lsn.text(start.wholeLsn())
                            + " were read from it. What changed since is lost to the stream: delete the connector's"
                            + " offsets to copy the tables again"));
            SlotChecks.usable(slot, database.name(), start);
        }
        StreamReader reader =
                new StreamReader(database, config.streamSettings(), schemas, start, replayUntil, control, out);
        stream = reader;
        reader.run();
    }
}
