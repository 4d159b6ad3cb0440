package io.millrace.source;

import io.millrace.source.position.Phase;
import io.millrace.source.position.StoredOffsets;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what Connect has committed of the stream, so that the slot can drop its WAL. To know it means to read
 * Connect's offsets topic to its end, which is done in a thread of its own: with exactly-once Connect commits many times a
 * second and tells so in the thread that is to send the next records. Thread-safe.
 */
final class Confirmations implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Confirmations.class);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final StoredOffsets stored;
    private final LongConsumer confirmed;
    private final Unconfirmed unconfirmed;
    private final ScheduledExecutorService thread;
    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile long lookedNanos = System.nanoTime() - PAUSE_NANOS;
    private volatile boolean looking;
    private volatile long begunNanos;

    /**
     * @param confirmed is given, in that thread, the LSN before which all is stored
     * @param unconfirmed is told whether that can be found out
     */
    Confirmations(StoredOffsets stored, String server, LongConsumer confirmed, Unconfirmed unconfirmed) {
        this.unconfirmed = unconfirmed;
        this.stored = stored;
        this.confirmed = confirmed;
        this.thread = new ScheduledThreadPoolExecutor(1, work -> {
            Thread made = new Thread(work, "millrace-" + server + "-confirming");
            made.setDaemon(true);
            return made;
        });
    }

    /** Connect has committed something. Returns at once; what is committed by now is found soon, however often it is asked. */
    void ask() {
        if (looking) {
            unconfirmed.waits(begunNanos);
        }
        if (asked.getAndSet(true)) {
            return;
        }
        try {
            long pause = lookedNanos + PAUSE_NANOS - System.nanoTime();
            var unused = thread.schedule(this::look, Math.max(0, pause), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("What is committed after the end is confirmed by the next life of the task");
        }
    }

    private void look() {
        asked.set(false);
        begunNanos = System.nanoTime();
        looking = true;
        try {
            if (stored.phase() instanceof Phase.Streaming streaming) {
                confirmed.accept(streaming.position().wholeLsn());
            }
            unconfirmed.over();
        } catch (RuntimeException e) {
            // What is not confirmed now is confirmed next time.
            if (!thread.isShutdown()) {
                unconfirmed.failed(String.valueOf(e.getMessage()));
            }
        } finally {
            looking = false;
            lookedNanos = System.nanoTime();
        }
    }

    /** Does not wait for a look under way. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
