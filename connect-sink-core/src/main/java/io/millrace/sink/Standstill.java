package io.millrace.sink;

import java.util.function.LongSupplier;

/**
 * For how long flushes have been given up, one after the other, although the target let the task claim its partitions in
 * between: a lock that nobody lets go of, for example. A target that cannot be reached is another matter, and is waited
 * for as long as it takes.
 */
final class Standstill {
    private final long limitMillis;
    private final LongSupplier nanoTime;
    private boolean begun;
    private long since;

    /** {@code nanoTime} as {@link System#nanoTime}. */
    Standstill(long limitMillis, LongSupplier nanoTime) {
        this.limitMillis = limitMillis;
        this.nanoTime = nanoTime;
    }

    /** A flush was given up; whether it has been so for too long. */
    boolean isTooLong() {
        long now = nanoTime.getAsLong();
        if (!begun) {
            begun = true;
            since = now;
        }
        return (now - since) / 1_000_000 >= limitMillis;
    }

    /** A flush has ended well, or something else than flushes fails. */
    void end() {
        begun = false;
    }
}
