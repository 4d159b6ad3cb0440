package io.millrace.source;

import io.millrace.source.meter.Meters;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Says so while it cannot be found out what Connect has committed: the slot then keeps all WAL, and the source's disk
 * fills, though every change arrives. At first and then once a minute. Thread-safe.
 */
final class Unconfirmed {
    private static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String slot;
    private final Meters meters;
    private final Consumer<String> warn;
    private final LongSupplier nanoTime;
    private boolean failing;
    private long since;
    private long next;

    /** @param nanoTime as {@link System#nanoTime} */
    Unconfirmed(String slot, Meters meters, Consumer<String> warn, LongSupplier nanoTime) {
        this.slot = slot;
        this.meters = meters;
        this.warn = warn;
        this.nanoTime = nanoTime;
    }

    /** Connect's offsets were read. */
    synchronized void over() {
        if (failing) {
            failing = false;
            meters.confirms(true);
            warn.accept("Connect's offsets can be read again after " + seconds(nanoTime.getAsLong()) + " s: slot "
                    + slot + " is confirmed as before");
        }
    }

    /** They could not be read. */
    synchronized void failed(String reason) {
        tell("cannot be read (" + reason + ")");
    }

    /** They are being read since then, by {@link System#nanoTime}, which takes a blink otherwise. */
    synchronized void waits(long begun) {
        if (nanoTime.getAsLong() - begun >= PERIOD_NANOS) {
            tell("are being read since " + TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong() - begun)
                    + " s, without an answer");
        }
    }

    private void tell(String what) {
        long now = nanoTime.getAsLong();
        if (!failing) {
            failing = true;
            since = now;
            next = now;
            meters.confirms(false);
        }
        if (now - next >= 0) {
            next = now + PERIOD_NANOS;
            warn.accept("slot.name: slot " + slot + " is not confirmed any further, for " + seconds(now)
                    + " s now, since Connect's offsets " + what + ": the server keeps all WAL for it"
                    + " (metric slot-wal-bytes, or pg_replication_slots) though changes arrive. See to the worker's"
                    + " offset.storage.topic: whether its brokers can be reached, and whether the worker may read it");
        }
    }

    private long seconds(long now) {
        return TimeUnit.NANOSECONDS.toSeconds(now - since);
    }
}
