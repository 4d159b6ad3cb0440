package io.millrace.sink;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one flush at a time on a thread of its own, so that records are read while the target works. */
final class Flusher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Flusher.class);

    /** What a replacement is waited for where the task's thread has better things to do: most take less. */
    private static final long PATIENCE_MILLIS = 5000;

    private static final long SLICE_MILLIS = 100;

    private final FlushJob job;
    private final SinkSettings.Flushing limits;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        Thread made = new Thread(work, "millrace-flush");
        made.setDaemon(true);
        return made;
    });
    private @Nullable Future<FlushResult> running;
    private long started;

    Flusher(FlushJob job, SinkSettings.Flushing limits) {
        this.job = job;
        this.limits = limits;
    }

    boolean isBusy() {
        return running != null && !running.isDone();
    }

    /** Whether the last flush has left something to do that brings no records. */
    boolean isUnfinished() {
        return job.isUnfinished();
    }

    /** Whether to flush though nothing has come. */
    boolean isLookDue() {
        return job.isLookDue();
    }

    /** Begins a flush; the one before has been awaited. */
    void start(Flush flush) {
        if (running != null) {
            throw new IllegalStateException("A flush is on its way");
        }
        started = System.nanoTime();
        job.reset();
        running = thread.submit(() -> job.run(flush));
    }

    /** The result of a flush that has ended, given once; null while there is none. */
    @Nullable
    FlushResult poll() {
        return running == null || !running.isDone() && left() > 0 ? null : await();
    }

    /** Waits for the flush on its way; null when there is none. */
    @Nullable
    FlushResult await() {
        Future<FlushResult> flush = running;
        if (flush == null) {
            return null;
        }
        try {
            while (true) {
                try {
                    FlushResult result = flush.get(Math.max(0, left()), TimeUnit.MILLISECONDS);
                    running = null;
                    return result;
                } catch (TimeoutException e) {
                    // Its rows may have become durable meanwhile, and more time be left for the rest.
                    if (left() <= 0) {
                        throw tooLong();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Stopped while a flush was on its way", e);
        } catch (ExecutionException e) {
            running = null;
            if (e.getCause() instanceof ConnectException failed) {
                throw failed;
            }
            throw new ConnectException("A flush has failed: " + e.getCause(), e.getCause());
        }
    }

    /**
     * As {@link #await}, but for a flush that has been replacing tables for some seconds, whose rows are durable: then null,
     * and it {@link #isReplacing}.
     */
    @Nullable
    FlushResult awaitRows() {
        Future<FlushResult> flush = running;
        try {
            while (flush != null && !flush.isDone() && !isReplacing() && left() > 0) {
                lookAt(flush);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Stopped while a flush was on its way", e);
        }
        return isReplacing() && left() > 0 ? null : await();
    }

    /** Waits a moment for its end, and leaves how it ended to {@link #await}. */
    private static void lookAt(Future<FlushResult> flush) throws InterruptedException {
        try {
            flush.get(SLICE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.trace("The flush goes on, or has failed", e);
        }
    }

    /** Whether tables are being replaced, for some seconds now. */
    boolean isReplacing() {
        long patience = Math.min(PATIENCE_MILLIS, limits.timeoutMillis() / 2);
        return isBusy() && job.replacingNanos() >= TimeUnit.MILLISECONDS.toNanos(patience);
    }

    private ConnectException tooLong() {
        return job.replacingNanos() >= 0
                ? new ConnectException("Tables have not been replaced by their new copies within "
                        + SinkConfig.OVERWRITE_TIMEOUT_MS + "=" + limits.replaceTimeoutMillis()
                        + ": look for sessions that block them, or raise it")
                : new ConnectException(
                        "A flush has not ended within " + SinkConfig.FLUSH_TIMEOUT_MS + "=" + limits.timeoutMillis()
                                + ": look for sessions that block the target's tables, or raise it together with the consumer's max.poll.interval.ms");
    }

    private long left() {
        long replacing = job.replacingNanos();
        return replacing >= 0
                ? limits.replaceTimeoutMillis() - replacing / 1_000_000
                : limits.timeoutMillis() - (System.nanoTime() - started) / 1_000_000;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
