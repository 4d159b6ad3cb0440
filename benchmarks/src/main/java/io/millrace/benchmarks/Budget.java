package io.millrace.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Shares a time among scenarios: each may use what is left, divided by how many are left. Not thread-safe. */
final class Budget {
    private final LongSupplier clock;
    private final long end;
    private int left;
    private long ownEnd;
    private long roundBegun;
    private long longest;

    /**
     * @param clock nanoseconds
     * @param minutes 0 for no bound
     */
    Budget(LongSupplier clock, int minutes, int scenarios) {
        this.clock = clock;
        this.end = minutes == 0 ? Long.MAX_VALUE : clock.getAsLong() + TimeUnit.MINUTES.toNanos(minutes);
        this.left = scenarios;
    }

    /** The next scenario begins. */
    void begin() {
        long now = clock.getAsLong();
        ownEnd = end == Long.MAX_VALUE ? end : now + Math.max(0, end - now) / Math.max(1, left);
        left--;
        longest = 0;
    }

    /** Whether the scenario's next round is expected to end in time; the first is always begun. */
    boolean allows(int round) {
        long now = clock.getAsLong();
        if (round > 0) {
            longest = Math.max(longest, now - roundBegun);
        }
        roundBegun = now;
        return round == 0 || ownEnd == Long.MAX_VALUE || now + longest <= ownEnd;
    }
}
