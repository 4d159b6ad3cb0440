package io.millrace.source.stream;

import io.millrace.source.batch.RecordBatches;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.TableId;
import io.millrace.source.position.Lsn;
import io.millrace.source.position.Phase;
import io.millrace.source.position.StreamOffset;
import io.millrace.source.position.StreamPosition;
import io.millrace.source.record.ControlRecords;
import io.millrace.source.record.TableSchemas;
import io.millrace.source.stream.pgoutput.PgOutputDecoder;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the slot's stream into records, in order, for ever. Runs in the task's reading thread; {@link #confirm} may be
 * called by any other. After a failure {@link #run} may be called again: it goes on behind the last record handed over.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-logical-replication.html">Logical streaming
 *     replication protocol</a>
 */
public final class StreamReader {
    private static final Logger LOG = LoggerFactory.getLogger(StreamReader.class);
    private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long ASK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Database database;
    private final StreamSettings settings;
    private final TableSchemas schemas;
    private final EarlierEvents earlier;
    private final Supervision supervision;
    private final ControlRecords control;
    private final RecordBatches out;
    private final AtomicLong confirmed = new AtomicLong();
    private StreamPosition position;
    private Companion companion = Companion.NONE;
    private Watch report = session -> null;
    private volatile boolean binary = true;
    private long lastBeatNanos = System.nanoTime();
    private long lastToldNanos = System.nanoTime();
    private long lastAskedNanos = System.nanoTime();
    private long told;

    /**
     * @param start where to go on
     * @param earlier which events copied rows have shown already
     */
    public StreamReader(
            Database database,
            StreamSettings settings,
            TableSchemas schemas,
            StreamPosition start,
            EarlierEvents earlier,
            Supervision supervision,
            ControlRecords control,
            RecordBatches out) {
        this.database = database;
        this.settings = settings;
        this.schemas = schemas;
        this.position = start;
        this.earlier = earlier;
        this.supervision = supervision;
        this.control = control;
        this.out = out;
    }

    /** Who goes along from the next connection on. */
    public void accompany(Companion by) {
        companion = by;
    }

    /** What looks how it goes. */
    public void report(Watch to) {
        report = to;
    }

    /** Tells the server that everything before this LSN is durable downstream. Takes effect with the next status. */
    public void confirm(long lsn) {
        confirmed.accumulateAndGet(lsn, (a, b) -> Long.compareUnsigned(a, b) >= 0 ? a : b);
    }

    /** Never returns but by an exception: an SQLException when the connection is lost. */
    public void run() throws SQLException, InterruptedException {
        while (true) {
            try {
                session();
            } catch (TextNeededException e) {
                LOG.info("Opening the stream again with text values: {}", e.getMessage());
                binary = false;
            } catch (SQLException e) {
                if (!binary || !noBinaryForm(e)) {
                    throw e;
                }
                LOG.info("Opening the stream again with text values: {}", e.getMessage());
                binary = false;
            }
        }
    }

    /** Whether values come in binary form as far as their types have one; once that has failed, all are text. */
    public boolean binary() {
        return binary;
    }

    private static boolean noBinaryForm(SQLException e) {
        return "42883".equals(e.getSQLState()) && String.valueOf(e.getMessage()).contains("binary output function");
    }

    private void session() throws SQLException, InterruptedException {
        supervision.check(position);
        PGConnection replication = database.connectReplication(StreamSettings.applicationName(settings.server()));
        ((Connection) replication).setNetworkTimeout(Runnable::run, database.timeoutMillis());
        position = identified(replication);
        try (Connection owned = (Connection) replication;
                PGReplicationStream stream = open(replication);
                Lookout lookout = Lookout.open(database, List.of(this::supervised, report, companion::look));
                Relations relations = new Relations(
                        database,
                        settings.filter(),
                        schemas,
                        earlier,
                        table -> lookout.ask(() -> supervision.columnsMissing(table)));
                Rereader rereader = position.commitLsn() == 0
                        ? new Rereader(database, this::waiting)
                        : Rereader.resumed(database, this::waiting)) {
            EventEmitter emitter = new EventEmitter(settings.server(), position, earlier, control::micros, out);
            Place place = new Place(position);
            EventWriter writer = new EventWriter(
                    place, schemas.records(), settings.events(), emitter, new Completion(rereader, companion));
            EventHandler handler =
                    new EventHandler(relations, settings.events(), place, writer, companion, control::micros, binary);
            told = 0;
            companion.connected();
            out.whileWaiting(() -> alive(stream));
            try {
                read(stream, emitter, place, handler, lookout);
            } catch (TablesLostException e) {
                companion.lost(e.tables());
                throw e;
            } finally {
                out.whileWaiting(() -> {});
                position = emitter.emitted();
                companion.disconnected();
            }
        }
    }

    /** Nothing comes from the stream for a while, in the middle of a transaction. */
    private void waiting() throws InterruptedException {
        out.idle(true);
        out.alive();
    }

    private Watch.@Nullable Finding supervised(Connection session) throws SQLException {
        Set<TableId> back = supervision.watch(session);
        return back.isEmpty() ? null : emitted -> companion.lost(back);
    }

    private StreamPosition identified(PGConnection replication) throws SQLException {
        String stream = StreamIdentity.of(replication, settings.publication());
        Timelines.check(replication, position, stream);
        StreamPosition identified = position.in(stream);
        if (identified.ordinal() != position.ordinal()) {
            LOG.info(
                    "The stream is not the one in which the stored position was counted: going on behind the last whole"
                            + " transaction, which ends at {}",
                    Lsn.text(position.wholeLsn()));
        }
        return identified;
    }

    /** While Connect is slow the server is told so, or it would end the connection after wal_sender_timeout. */
    private static void alive(PGReplicationStream stream) {
        try {
            stream.forceUpdateStatus();
        } catch (SQLException e) {
            LOG.debug("The stream was lost while waiting for Connect: {}", e.getMessage());
        }
    }

    private PGReplicationStream open(PGConnection replication) throws SQLException {
        LOG.info("Streaming from slot {} at {}", settings.slot(), Lsn.text(position.wholeLsn()));
        return replication
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(settings.slot())
                .withStartPosition(LogSequenceNumber.valueOf(position.wholeLsn()))
                .withAutomaticFlush(false)
                .withStatusInterval((int) settings.statusInterval().toMillis(), TimeUnit.MILLISECONDS)
                .withSlotOption("proto_version", 1)
                .withSlotOption("messages", true)
                .withSlotOption(
                        "publication_names", "\"" + settings.publication().replace("\"", "\"\"") + "\"")
                .withSlotOption("binary", binary)
                .start();
    }

    private void read(
            PGReplicationStream stream, EventEmitter emitter, Place place, EventHandler handler, Lookout lookout)
            throws SQLException, InterruptedException {
        PgOutputDecoder decoder = new PgOutputDecoder();
        while (true) {
            ByteBuffer message = stream.readPending();
            if (message != null) {
                int from = message.arrayOffset() + message.position();
                int to = message.arrayOffset() + message.limit();
                place.message(stream.getLastReceiveLSN().asLong(), to - from);
                decoder.decode(message.array(), from, to, handler);
            } else {
                out.idle(place.inTransaction());
                LockSupport.parkNanos(IDLE_NANOS);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            if (!place.inTransaction()) {
                lookout.take(() -> emitter.advance(0));
                accompany(stream, place, message == null);
                heartbeat(stream, emitter, message == null);
                tell(stream);
            }
        }
    }

    private void accompany(PGReplicationStream stream, Place place, boolean idle)
            throws SQLException, InterruptedException {
        long passed = place.shownBefore();
        if (idle) {
            long received = stream.getLastReceiveLSN().asLong();
            passed = Long.compareUnsigned(received, passed) > 0 ? received : passed;
        }
        boolean waits = companion.between(passed);
        if (waits && idle && System.nanoTime() - lastAskedNanos > ASK_NANOS) {
            lastAskedNanos = System.nanoTime();
            stream.forceUpdateStatus();
        }
    }

    /** Carries the position over transactions without records, and over WAL that has none of this database. */
    private void heartbeat(PGReplicationStream stream, EventEmitter emitter, boolean idle) throws InterruptedException {
        long now = System.nanoTime();
        long interval = settings.heartbeatInterval().toNanos();
        if (interval == 0 || now - lastBeatNanos < interval) {
            return;
        }
        lastBeatNanos = now;
        StreamOffset offset = emitter.advance(idle ? stream.getLastReceiveLSN().asLong() : 0);
        out.add(control.heartbeat(Phase.partition(settings.server()), offset), 0);
        out.flush();
    }

    /** Passes the confirmed position on, at once but not more often than once a second. */
    private void tell(PGReplicationStream stream) throws SQLException {
        long lsn = confirmed.get();
        if (lsn == told || System.nanoTime() - lastToldNanos < TELL_NANOS) {
            return;
        }
        stream.setFlushedLSN(LogSequenceNumber.valueOf(lsn));
        stream.setAppliedLSN(LogSequenceNumber.valueOf(lsn));
        stream.forceUpdateStatus();
        told = lsn;
        lastToldNanos = System.nanoTime();
    }
}
