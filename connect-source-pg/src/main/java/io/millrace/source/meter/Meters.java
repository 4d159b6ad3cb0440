package io.millrace.source.meter;

import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;

/** What one task has done so far. Safe for several threads. */
public final class Meters {
    private final Clock clock;
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong transactions = new AtomicLong();
    private final AtomicLong delayMillis = new AtomicLong();
    private final AtomicLong heldBytes = new AtomicLong();
    private final AtomicLong failingSince = new AtomicLong();
    private final AtomicLong chunksPlanned = new AtomicLong();
    private final AtomicLong chunksCopied = new AtomicLong();

    /** @param clock of this machine, which may differ from the source's and may jump */
    public Meters(Clock clock) {
        this.clock = clock;
    }

    /** A row, copied or changed, is handed over. @param size bytes as the source sent them */
    public void row(int size) {
        rows.incrementAndGet();
        bytes.addAndGet(size);
    }

    /** All of a transaction of the source is handed over. */
    public void transaction() {
        transactions.incrementAndGet();
    }

    /** A change is in its topic. @param commitMicros when it was committed, in microseconds since 1970 UTC */
    public void arrived(long commitMicros) {
        // Where this clock is behind the source's, or was set back, nothing arrives before it was committed.
        delayMillis.lazySet(Math.max(0, clock.millis() - commitMicros / 1000));
    }

    /** How much WAL the server keeps for the slot. */
    public void slotHolds(long walBytes) {
        heldBytes.set(walBytes);
    }

    /** Whether it can be found out what Connect has committed, so that the slot can be confirmed. */
    public void confirms(boolean can) {
        failingSince.set(can ? 0 : Math.max(1, clock.millis()));
    }

    /** What the initial copy has still to read, whichever task reads it. */
    public void planned(long chunks) {
        chunksPlanned.set(chunks);
    }

    /** A chunk that this task has read is in its topic. */
    public void copied() {
        chunksCopied.incrementAndGet();
    }

    public long rows() {
        return rows.get();
    }

    public long bytes() {
        return bytes.get();
    }

    public long transactions() {
        return transactions.get();
    }

    /** From the commit in the source to the arrival in the topic, of the change that arrived last. Never negative. */
    public long delayMillis() {
        return delayMillis.get();
    }

    public long heldBytes() {
        return heldBytes.get();
    }

    /** For how long the slot cannot be confirmed; 0 while it can. */
    public long confirmFailingMillis() {
        long since = failingSince.get();
        return since == 0 ? 0 : Math.max(1, clock.millis() - since);
    }

    public long chunksPlanned() {
        return chunksPlanned.get();
    }

    public long chunksCopied() {
        return chunksCopied.get();
    }
}
