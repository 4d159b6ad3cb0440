package io.millrace.source.query;

import io.millrace.source.batch.GenerationOffsets;
import io.millrace.source.batch.Handoff;
import io.millrace.source.catalog.Sessions;
import io.millrace.source.meter.RunMeters;
import io.millrace.source.record.ControlRecords;
import io.millrace.source.record.TopicNames;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One mirror: a run, then a pause until the next is due, and so on. {@link #run} is for one thread; runs of one mirror
 * never overlap.
 */
public final class Mirror {
    private static final Logger LOG = LoggerFactory.getLogger(Mirror.class);
    private static final long LOCK_WAIT_MILLIS = 2000;
    private static final long TELL_NANOS = 60_000_000_000L;

    private final MirrorSettings settings;
    private final Shared shared;
    private final MirrorOutput out;
    private final MirrorContext context;
    private final Refresh refresh;
    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private @Nullable Request waiting;
    private boolean restored;

    /**
     * What the mirrors of one task share.
     *
     * @param running as many permits as mirrors may be read at once
     * @param stored reads what Connect has stored for a source partition, null for nothing
     * @param target the session to ask for the highest value in the target; fails where none is configured
     */
    public record Shared(
            Sessions sessions,
            Semaphore running,
            MirrorLock lock,
            Function<Map<String, String>, @Nullable Map<String, Object>> stored,
            Handoff handoff,
            int batchRecords,
            long requestBytes,
            TopicNames topics,
            SchemaSource schemas,
            TargetMark target) {}

    /**
     * Read again what was read before. Followed when the first run is over, and every one of the same mirror before.
     *
     * @param start the first value as text; null from the beginning
     * @param end the last value as text; null to the end
     * @param signal the offset of the signal that asks for it
     */
    public record Request(@Nullable String start, @Nullable String end, long signal) {}

    /**
     * @param generations learns where rows of generations have come to lie
     * @param meters count its runs
     */
    public Mirror(MirrorSettings settings, Shared shared, GenerationOffsets generations, RunMeters meters) {
        this.settings = settings;
        this.shared = shared;
        MirrorSettings.Watermark watermark = settings.watermark();
        this.out = new MirrorOutput(
                shared.handoff(),
                new MirrorOutput.Limits(shared.batchRecords(), shared.requestBytes()),
                new ControlRecords(shared.topics()),
                MirrorState.partition(shared.topics().prefix(), settings.name()),
                settings.table().toString(),
                MirrorState.fresh(watermark == null ? "" : watermark.column()));
        this.context = new MirrorContext(
                settings, shared.sessions(), shared.schemas(), shared.topics(), out, generations, meters);
        this.refresh = watermark == null
                ? new FullRefresh(context)
                : watermark.xmin()
                        ? new XminRefresh(context)
                        : new IncrementalRefresh(
                                context,
                                watermark,
                                new FirstValue(
                                        watermark,
                                        settings.table(),
                                        shared.target(),
                                        shared.topics().adjustment().fields()::adjust));
    }

    /** Whether a signal with this name of a table is for it. */
    public boolean isOf(Pattern tables) {
        return tables.matcher(settings.table().toString()).matches();
    }

    /** Offset of the first signal in its topic that was not followed; negative when none ever was. */
    public static long signalsFrom(@Nullable Map<String, Object> stored) {
        return stored != null && stored.get(MirrorState.SIGNALS) instanceof Number number ? number.longValue() : -1;
    }

    /** The source partition of its offset. */
    public Map<String, String> partition() {
        return out.partition();
    }

    public String name() {
        return settings.name();
    }

    /** Asks for a run that reads again, as soon as the one at hand is over. Called by any thread. */
    public void ask(Request request) {
        requests.add(request);
    }

    /**
     * Signals of its topic are followed from this offset on, unless some were followed before; stored with the state.
     * Called by any thread, before {@link #ask}.
     */
    public void followFrom(long offset) {
        out.followFrom(offset);
    }

    /** Ends only by an exception; a mirror that wants no more than its first run waits for what it is asked for. */
    public void run() throws SQLException, InterruptedException {
        while (true) {
            awaitLock();
            long begun = System.nanoTime();
            shared.running().acquire();
            try {
                once();
            } finally {
                shared.running().release();
            }
            out.tellFollowed();
            if (over()) {
                LOG.info("{}: the only run is over", settings.name());
                waiting = requests.take();
                follow();
                continue;
            }
            long took = (System.nanoTime() - begun) / 1_000_000;
            context.meters().ran(took);
            long left = settings.refreshMillis() - took;
            if (left < 0) {
                context.meters().overran();
                LOG.warn(
                        "{}: the run took {} ms longer than refresh.interval.ms; {} runs did so far",
                        settings.name(),
                        -left,
                        context.meters().overruns());
            }
            pause(left);
        }
    }

    /** Whether the only run of a mirror that wants no more is over, now or before a restart. */
    private boolean over() {
        return settings.initialOnly() && isCopied();
    }

    private boolean isCopied() {
        return out.state().copied() && out.state().run() == null;
    }

    /** Until the next run is due, which it is at once when there is something to follow. */
    private void pause(long millis) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.max(0, millis));
        if (waiting == null) {
            waiting = requests.poll(Math.max(0, millis), TimeUnit.MILLISECONDS);
        }
        if (waiting != null && !follow()) {
            TimeUnit.NANOSECONDS.sleep(until - System.nanoTime());
        }
    }

    /** Whether what waits has been dealt with; what there is not to be read again yet has to wait. */
    private boolean follow() throws InterruptedException {
        Request request = waiting;
        if (request == null || !isCopied()) {
            return false;
        }
        waiting = null;
        out.tellFollowed();
        if (request.signal() < out.state().signals()) {
            return true;
        }
        Run run;
        try {
            run = again(request);
        } catch (IllegalArgumentException e) {
            LOG.error(
                    "{}: the signal at offset {} of its topic is not followed: {}",
                    settings.name(),
                    request.signal(),
                    e.getMessage());
            out.advance("refused", state -> state.signal(request.signal()));
            return true;
        }
        LOG.info("{}: reading again {}", settings.name(), request);
        if (refresh instanceof XminRefresh) {
            out.advance("again", state -> state.upTo(null, 0).signal(request.signal()));
        } else {
            out.advance("again", state -> state.with(run.upTo(state.mark())).signal(request.signal()));
        }
        return true;
    }

    /** @throws IllegalArgumentException for a range that cannot be meant */
    private Run again(Request request) {
        WatermarkType type = out.type();
        if (type == null && (request.start() != null || request.end() != null)) {
            throw new IllegalArgumentException(
                    "it has no watermark column, so there is no range of it: leave out start and end");
        }
        BigInteger start = Run.value(type, request.start());
        BigInteger end = Run.value(type, request.end());
        if (start != null && end != null && start.compareTo(end) > 0) {
            throw new IllegalArgumentException(request.start() + " lies behind " + request.end());
        }
        return Run.of(true, start, end);
    }

    private void once() throws SQLException, InterruptedException {
        Sessions sessions = shared.sessions();
        Connection session = sessions.take();
        boolean sound = false;
        try {
            if (!restored) {
                restore(session);
                restored = true;
            }
            if (!over()) {
                Lineage.follow(session, settings.name(), out);
                refresh.run(session);
            }
            sessions.giveBack(session);
            sound = true;
        } finally {
            if (!sound) {
                sessions.discard(session);
                sessions.forgetIdle();
            }
        }
    }

    private void restore(Connection session) throws SQLException {
        Shape.Column column = new Shapes(session).find(settings).watermark();
        MirrorState fresh = out.state();
        WatermarkType type = column == null ? null : column.type();
        try {
            MirrorState found =
                    MirrorState.of(fresh.column(), type, shared.stored().apply(out.partition()));
            out.restore(found, type);
        } catch (IllegalArgumentException e) {
            throw new ConnectException("the offset of mirror " + settings.name() + ": " + e.getMessage(), e);
        }
    }

    /** Waits while another connector feeds the same topic. */
    private void awaitLock() throws SQLException, InterruptedException {
        String topic = shared.topics().data(settings.table());
        long told = System.nanoTime() - TELL_NANOS;
        for (String holder = shared.lock().holder(topic);
                holder != null;
                holder = shared.lock().holder(topic)) {
            if (System.nanoTime() - told >= TELL_NANOS) {
                told = System.nanoTime();
                LOG.error(
                        "{}: another connector fills topic {}: {}. This one waits until it ends; give one of them"
                                + " another topic.prefix or leave the table to one",
                        settings.name(),
                        topic,
                        holder);
            }
            Thread.sleep(LOCK_WAIT_MILLIS);
        }
    }
}
