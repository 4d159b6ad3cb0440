package io.millrace.source;

import io.millrace.source.batch.RecordBatches;
import io.millrace.source.catalog.Database;
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
import io.millrace.source.snapshot.CopySettings;
import io.millrace.source.snapshot.Piece;
import io.millrace.source.snapshot.SnapshotCopy;
import io.millrace.source.snapshot.Snapshots;
import io.millrace.source.stream.StreamReader;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
    private static final long CONFIRM_NANOS = 500_000_000L;

    private final CdcConfig config;
    private final int task;
    private final Database database;
    private final StoredOffsets stored;
    private final ControlRecords control;
    private final RecordBatches out;
    private final Preparation preparation;
    private final Map<String, String> partition;
    private volatile @Nullable StreamReader stream;
    private @Nullable Phase begun;
    private volatile long confirmedNanos = System.nanoTime() - CONFIRM_NANOS;

    CdcReader(CdcConfig config, int task, StoredOffsets stored, RecordBatches out) {
        this.config = config;
        this.task = task;
        this.database = config.database();
        this.stored = stored;
        this.control = new ControlRecords(config.topics());
        this.out = out;
        this.preparation = new Preparation(config, database);
        this.partition = Phase.partition(config.topicPrefix());
    }

    Database database() {
        return database;
    }

    /** Passes on what Connect has committed, so that the slot can drop its WAL. Called by any thread. */
    void confirm() {
        StreamReader reader = stream;
        long now = System.nanoTime();
        if (now - confirmedNanos < CONFIRM_NANOS) {
            // With exactly-once on, Connect commits many times a second; each look reads its offsets topic.
            return;
        }
        confirmedNanos = now;
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
        if (task != 0) {
            follow();
            return;
        }
        // What this task has begun counts even before Connect has stored it.
        Phase phase = begun != null ? begun : stored.phase();
        StreamPosition start = phase instanceof Phase.Streaming streaming ? streaming.position() : copyFirst(phase);
        if (config.streams()) {
            stream(start);
        }
    }

    private TableSchemas schemas() throws SQLException {
        ColumnCodecs codecs = ColumnCodecs.connect(() -> database.connect("millrace"), config.codecOptions());
        SourceBlock source = new SourceBlock(config.topicPrefix(), database.name());
        return new TableSchemas(codecs, config.topics(), source, config.filter());
    }

    /** Everything before the stream; returns where that begins. */
    private StreamPosition copyFirst(Phase phase) throws SQLException, InterruptedException {
        CopySettings settings = settings(phase);
        Snapshots snapshots = new Snapshots(database, settings);
        Preparation.Prepared prepared;
        if (phase instanceof Phase.Copying before) {
            prepared = new Preparation.Prepared(new Phase.Copying(before.slotLsn(), settings.lanes()), null);
            if (config.streams()) {
                preparation.checkSlot(StreamPosition.at(before.slotLsn(), 0));
            }
        } else {
            prepared = preparation.begin(snapshots);
        }
        Phase.Copying copying = prepared.copying();
        begun = copying;
        if (config.copies()) {
            out.add(control.control(partition, copying.offset(), "snapshot", ""), 0);
            out.flush();
            Optional<Snapshots.Share> share = Optional.ofNullable(prepared.share());
            if (share.isEmpty()) {
                share = snapshots.join();
            }
            copy(share.isPresent() ? share.orElseThrow() : snapshots.renew(), settings);
            LOG.info("The initial copy is complete");
        }
        StreamPosition start = StreamPosition.at(copying.slotLsn(), config.copies() ? copying.lanes() : 0);
        StreamOffset offset = StreamOffset.between(start, System.currentTimeMillis() * 1000);
        out.add(control.control(partition, offset, "stream", ""), 0);
        out.flush();
        return start;
    }

    /** Takes part in the copy whenever there is a snapshot, until the mirror streams. */
    private void follow() throws SQLException, InterruptedException {
        for (Phase phase = stored.phase(); !(phase instanceof Phase.Streaming); phase = stored.phase()) {
            CopySettings settings = settings(phase);
            Optional<Snapshots.Share> share = new Snapshots(database, settings).join();
            if (share.isPresent()) {
                copy(share.orElseThrow(), settings);
            }
            Thread.sleep(WAIT_MILLIS);
        }
    }

    private CopySettings settings(Phase phase) {
        return config.copySettings(task, phase instanceof Phase.Copying copying ? copying.lanes() : 0);
    }

    /** Copies what no snapshot has finished yet. */
    private void copy(Snapshots.Share share, CopySettings settings) throws SQLException, InterruptedException {
        try (share) {
            List<String> names = share.pieces().stream()
                    .map(piece -> piece.stored().toString())
                    .toList();
            Map<String, List<TableProgress>> progress = stored.progress(names, settings.lanes());
            List<Piece> left = share.pieces().stream()
                    .filter(piece -> TableProgress.finished(
                                    progress.getOrDefault(piece.stored().toString(), List.of()))
                            == null)
                    .toList();
            LOG.info(
                    "Copying {} of {} tables from the snapshot at {}",
                    left.size(),
                    names.size(),
                    Lsn.text(share.lease().generation()));
            new SnapshotCopy(settings, share.lease(), left, stored, schemas(), control, out).run();
        }
    }

    private void stream(StreamPosition start) throws SQLException, InterruptedException {
        preparation.resume(start);
        Map<String, Long> replayUntil =
                ReplayWindow.read(database, stored, config.copySettings(task, start.lanes()), start.lanes());
        StreamReader reader = new StreamReader(
                database, config.streamSettings(), schemas(), start, replayUntil, preparation::checkSlot, control, out);
        stream = reader;
        reader.run();
    }
}
