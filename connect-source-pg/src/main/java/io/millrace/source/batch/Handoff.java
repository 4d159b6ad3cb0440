package io.millrace.source.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
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

    private static final long TOGETHER_BYTES = 1 << 20;

    private final long mostBytes;
    private final int mostRecords;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Batch> batches = new ArrayDeque<>();
    private long bytes;
    private final AtomicLong unacknowledged = new AtomicLong();
    private @Nullable Throwable failure;

    /** @param bytes what the records take on the heap, about */
    public record Batch(List<SourceRecord> records, long bytes) {}

    /**
     * @param mostBytes what waits at most, on the heap; a batch larger than that waits alone
     * @param mostRecords what is taken at most at once, where several batches wait
     */
    public Handoff(long mostBytes, int mostRecords) {
        this.mostBytes = mostBytes;
        this.mostRecords = mostRecords;
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

    /**
     * The next batch, with the ones behind it as far as they are small; at once when there is one, null when none came in
     * time. Throws what the reader failed with.
     */
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
            List<SourceRecord> records = together(batch);
            changed.signalAll();
            return records;
        } finally {
            lock.unlock();
        }
    }

    /** With exactly-once each poll is a transaction of the producer: one for each small batch would never catch up. */
    private List<SourceRecord> together(Batch first) {
        List<SourceRecord> records = first.records();
        long taken = first.bytes();
        boolean gathered = false;
        for (Batch next = batches.peek(); next != null; next = batches.peek()) {
            if (records.size() + next.records().size() > mostRecords || taken + next.bytes() > TOGETHER_BYTES) {
                break;
            }
            if (!gathered) {
                records = new ArrayList<>(records);
                gathered = true;
            }
            records.addAll(next.records());
            taken += next.bytes();
            batches.remove();
        }
        bytes -= taken;
        return records;
    }
}
