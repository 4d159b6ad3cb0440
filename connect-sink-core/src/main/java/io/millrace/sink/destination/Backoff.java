package io.millrace.sink.destination;

/**
 * When something that has failed is to be tried again: after half a second, then after twice as long each time, at most
 * ten seconds. Not safe for several threads.
 */
public final class Backoff {
    static final long FIRST_MILLIS = 500;
    static final long MOST_MILLIS = 10_000;

    private long pause = FIRST_MILLIS;
    private long next;

    /**
     * It has failed.
     *
     * @param nowNanos as {@link System#nanoTime}
     */
    public void failed(long nowNanos) {
        next = nowNanos + pause * 1_000_000;
        pause = Math.min(MOST_MILLIS, pause * 2);
    }

    /** Milliseconds until the next try; zero or less when it is due. Called after a failure. */
    public long millisLeft(long nowNanos) {
        // Rounded up: a caller that sleeps for it finds it due.
        return Math.floorDiv(next - nowNanos + 999_999, 1_000_000);
    }
}
