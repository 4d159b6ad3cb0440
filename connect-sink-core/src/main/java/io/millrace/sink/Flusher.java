package io.millrace.sink;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Runs one flush at a time on a thread of its own, so that records are read while the target works. */
final class Flusher implements AutoCloseable {
    private final FlushJob job;
    private final long timeoutMillis;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        Thread made = new Thread(work, "millrace-flush");
        made.setDaemon(true);
        return made;
    });
    private @Nullable Future<FlushResult> running;
    private long started;

    Flusher(FlushJob job, long timeoutMillis) {
        this.job = job;
        this.timeoutMillis = timeoutMillis;
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
            FlushResult result = flush.get(Math.max(0, left()), TimeUnit.MILLISECONDS);
            running = null;
            return result;
        } catch (TimeoutException e) {
            throw new ConnectException(
                    "A flush has not ended within " + SinkConfig.FLUSH_TIMEOUT_MS + "=" + timeoutMillis
                            + ": look for sessions that block the target's tables, or raise it together with the consumer's max.poll.interval.ms");
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

    private long left() {
        return timeoutMillis - (System.nanoTime() - started) / 1_000_000;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
