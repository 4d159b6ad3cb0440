package io.millrace.source.batch;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Batches of records from the threads that read the source to the thread that Connect polls with, in order, bounded by
 * the heap that they take, about. Any number of writers, one reader.
 */
public final class Handoff implements Outlet {
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long ACKNOWLEDGED_MILLIS = 20;

    private final long mostBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Batch> batches = new ArrayDeque<>();
    private long bytes;
    private final AtomicLong unacknowledged = new AtomicLong();
    private @Nullable Throwable failure;

    /** @param bytes what the records take on the heap, about */
    public record Batch(List<SourceRecord> records, long bytes) {}

    public Handoff(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** Something to do now and then while there is no room: it may throw to give up. */
    @FunctionalInterface
    public interface Waiting {
        void stillWaiting() throws InterruptedException;
    }

    @Override
    public void put(Batch batch, Waiting waiting) throws InterruptedException {
        while (!offer(batch)) {
            waiting.stillWaiting();
        }
    }

    private boolean offer(Batch batch) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = WAIT_NANOS;
            while (bytes > 0 && bytes + batch.bytes() > mostBytes) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            batches.add(batch);
            unacknowledged.addAndGet(batch.records().size());
            bytes += batch.bytes();
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Connect has a record's acknowledgement, or has dropped it on purpose. Called by any thread. */
    public void acknowledged() {
        unacknowledged.decrementAndGet();
    }

    @Override
    public void awaitAcknowledged() throws InterruptedException {
        while (unacknowledged.get() > 0) {
            Thread.sleep(ACKNOWLEDGED_MILLIS);
        }
    }

    /** From now on {@link #poll} throws, after what was put before has been taken. */
    public void fail(Throwable cause) {
        lock.lock();
        try {
            failure = cause;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The next batch, at once when there is one; null when none came in time. Throws what the reader failed with. */
    public @Nullable List<SourceRecord> poll(long millis) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (batches.isEmpty() && failure == null && left > 0) {
                left = changed.awaitNanos(left);
            }
            Batch batch = batches.poll();
            if (batch == null) {
                if (failure instanceof RuntimeException e) {
                    throw e;
                }
                if (failure instanceof Error e) {
                    throw e;
                }
                return null;
            }
            bytes -= batch.bytes();
            changed.signalAll();
            return batch.records();
        } finally {
            lock.unlock();
        }
    }
}
