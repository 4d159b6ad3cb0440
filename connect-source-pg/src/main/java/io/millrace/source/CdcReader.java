package io.millrace.source;

import io.millrace.core.Manifest;
import io.millrace.source.batch.GenerationOffsets;
import io.millrace.source.batch.RecordBatches;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.LockWaits;
import io.millrace.source.catalog.Published;
import io.millrace.source.codec.ColumnCodecs;
import io.millrace.source.notice.NoticeChannels;
import io.millrace.source.position.Phase;
import io.millrace.source.position.StoredOffsets;
import io.millrace.source.position.StreamOffset;
import io.millrace.source.position.StreamPosition;
import io.millrace.source.record.ControlRecords;
import io.millrace.source.record.EventRecords;
import io.millrace.source.record.SourceBlock;
import io.millrace.source.record.TableSchemas;
import io.millrace.source.snapshot.CopyManifests;
import io.millrace.source.snapshot.CopyNotices;
import io.millrace.source.snapshot.Snapshots;
import io.millrace.source.stream.EarlierEvents;
import io.millrace.source.stream.ServerHistory;
import io.millrace.source.stream.StreamReader;
import io.millrace.source.stream.Watch;
import io.millrace.source.window.Copies;
import io.millrace.source.window.CopyRecords;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one task does, in order: prepare, copy, stream. Runs in the task's reading thread. Task 0 leads: it makes the
 * publication, the slot and new snapshots, and streams; the others take part in the copy and then have nothing to do.
 * {@link #run} may be called again after an SQLException: it finds out anew where the mirror stands.
 */
final class CdcReader implements SourceReader {
    private static final Logger LOG = LoggerFactory.getLogger(CdcReader.class);
    private static final long LOOK_MILLIS = 500;
    private static final Duration LOCKED = Duration.ofSeconds(1);

    private final CdcConfig config;
    private final int task;
    private final Database database;
    private final StoredOffsets stored;
    private final ControlRecords control;
    private final RecordBatches out;
    private final GenerationOffsets offsets;
    private final NoticeChannels notices;
    private final Preparation preparation;
    private final Map<String, String> partition;
    private final InitialCopy copy;
    private final Confirmations confirmations;
    private final SignalStart signals;
    private volatile @Nullable StreamReader stream;
    private @Nullable Phase begun;

    /**
     * @param offsets learns where the rows of snapshots have come to lie
     * @param clock of this machine, which decides nothing
     */
    CdcReader(
            CdcConfig config,
            int task,
            StoredOffsets stored,
            RecordBatches out,
            GenerationOffsets offsets,
            NoticeChannels notices,
            Clock clock) {
        this.offsets = offsets;
        this.notices = notices;
        this.config = config;
        this.task = task;
        this.database = config.database();
        this.stored = stored;
        this.control = new ControlRecords(config.topics(), clock);
        this.out = out;
        this.preparation = new Preparation(config, database);
        CopyManifests manifests = new CopyManifests(
                config.topics(),
                control,
                out,
                offsets,
                config.generations(),
                new CopyNotices(notices, config.topicPrefix()));
        this.copy = new InitialCopy(config, task, database, stored, control, out, manifests, this::schemasIn);
        this.partition = Phase.partition(config.topicPrefix());
        this.signals = new SignalStart(config, stored, control, out);
        this.confirmations = new Confirmations(
                stored,
                config.topicPrefix(),
                lsn -> {
                    StreamReader reader = stream;
                    if (reader != null) {
                        reader.confirm(lsn);
                    }
                },
                new Unconfirmed(config.slot(), out.meters(), LOG::warn, System::nanoTime));
    }

    @Override
    public Database database() {
        return database;
    }

    /** Passes on what Connect has committed, so that the slot can drop its WAL. */
    @Override
    public void confirm() {
        if (stream != null) {
            confirmations.ask();
        }
    }

    @Override
    public ConnectException explained(SQLException e) {
        return SourceErrors.explained(e, database, config.publication());
    }

    @Override
    public void failed(Throwable cause) throws InterruptedException {
        notices.failed(config.topicPrefix() + "-" + task, cause);
    }

    @Override
    public void stopped() throws SQLException, InterruptedException {
        confirmations.close();
        if (task == 0 && config.streams() && config.dropsSlot()) {
            preparation.dropSlot();
        }
    }

    @Override
    public void run() throws SQLException, InterruptedException {
        StreamReader going = stream;
        if (going == null) {
            try (LockWaits told = LockWaits.open(database, LOCKED, LOG::warn)) {
                going = begin();
                stream = going;
            }
        }
        if (going != null) {
            going.run();
        }
    }

    /** All that comes before the stream; null for a task that has none. */
    private @Nullable StreamReader begin() throws SQLException, InterruptedException {
        if (task != 0) {
            copy.follow();
            return null;
        }
        signals.note();
        // What this task has begun counts even before Connect has stored it.
        Phase phase = begun != null ? begun : stored.phase();
        StreamPosition start = phase instanceof Phase.Streaming streaming ? streaming.position() : copyFirst(phase);
        if (config.streams()) {
            return open(start);
        }
        deleteProgress();
        return null;
    }

    /** Once it is stored that all is copied. */
    private void deleteProgress() throws SQLException, InterruptedException {
        SpentProgress spent = new SpentProgress(config, stored, control, out);
        try (Connection connection = database.connect("millrace")) {
            while (!spent.look(connection)) {
                Thread.sleep(LOOK_MILLIS);
            }
        }
    }

    private TableSchemas schemasIn(Connection snapshot) throws SQLException {
        return schemas(config, database, preparation.published(snapshot));
    }

    private TableSchemas schemas() throws SQLException {
        return schemas(config, database, preparation.published());
    }

    /** What makes the schemas of tables, with the types as they are now. */
    static TableSchemas schemas(CdcConfig config, Database database, Published published) throws SQLException {
        ColumnCodecs codecs = ColumnCodecs.connect(() -> database.connect("millrace"), config.codecOptions());
        SourceBlock source = new SourceBlock(config.topicPrefix(), database.name());
        EventRecords records =
                EventRecords.of(config.topics(), source, config.codecOptions().binary());
        return new TableSchemas(
                codecs,
                config.topics(),
                records,
                config.filter(),
                config.keyColumns(),
                published,
                RecordKeys.indexes(config, database));
    }

    /** Everything before the stream; returns where that begins. */
    private StreamPosition copyFirst(Phase phase) throws SQLException, InterruptedException {
        Preparation.Prepared prepared;
        if (phase instanceof Phase.Copying before) {
            if (config.streams()) {
                preparation.check(StreamPosition.at(before.slotLsn(), 0));
            }
            String stream = history(copy.read(before), before.stream());
            int lanes = copy.settings(phase).lanes();
            prepared = new Preparation.Prepared(before.by(lanes).in(stream), null);
        } else {
            String stream = history(0, "");
            Preparation.Prepared made = preparation.begin(new Snapshots(database, copy.settings(phase)));
            prepared = new Preparation.Prepared(
                    made.copying().begunAt(Manifest.nextOrder()).in(stream), made.share());
        }
        Phase.Copying copying = prepared.copying();
        begun = copying;
        if (config.copies()) {
            copy.lead(copying, prepared.share());
        }
        StreamPosition start = copying.start(config.copies() ? copying.lanes() : 0);
        StreamOffset offset = StreamOffset.between(start, control.micros());
        out.add(control.control(partition, offset, "stream", ""), 0);
        out.flush();
        return start;
    }

    /** Refuses a server that does not have all that was copied; a copy that nothing follows needs no such server. */
    private String history(long read, String before) throws SQLException {
        return config.streams() ? ServerHistory.check(database, config.publication(), read, before) : "";
    }

    private StreamReader open(StreamPosition start) throws SQLException, InterruptedException {
        LastTransaction.check(database, stored.offset(partition));
        CapturedTables.Opened captured =
                new CapturedTables(config, database, stored, control, out).open(preparation, start);
        EarlierEvents earlier =
                ReplayWindow.read(database, stored, config.copySettings(task, start.lanes()), start.lanes());
        StreamReader reader = new StreamReader(
                database, config.streamSettings(), schemas(), start, earlier, preparation, control, out);
        reader.accompany(new Copies(
                database,
                schemas(),
                config.windowSettings(),
                signals.of(captured.found()),
                captured.watch(),
                offsets,
                new CopyRecords(config.topicPrefix(), control, out),
                notices));
        StreamProgress progress = new StreamProgress(config, out.meters(), notices);
        SpentProgress spent = new SpentProgress(config, stored, control, out);
        reader.report(session -> {
            Watch.Finding told = progress.look(session);
            return told != null ? told : spent.watch(session);
        });
        return reader;
    }
}
