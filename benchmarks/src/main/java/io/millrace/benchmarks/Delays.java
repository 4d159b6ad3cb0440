package io.millrace.benchmarks;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** When each row of a {@link Load} has arrived. One thread writes. */
final class Delays {
    /** Rows of the beginning, which are not counted: code is compiled, batches find their size. */
    private static final double WARM_UP = 0.3;

    private final Load load;
    private final long[] nanos;
    private final AtomicInteger seen = new AtomicInteger();
    private volatile @Nullable Exception failure;

    Delays(Load load) {
        this.load = load;
        this.nanos = new long[load.rows() + 1];
    }

    /** A row is there now; once more is no news. */
    void arrived(int row) {
        if (nanos[row] == 0) {
            nanos[row] = System.nanoTime() - load.committedNanos(row);
            seen.incrementAndGet();
        }
    }

    void failed(Exception cause) {
        failure = cause;
    }

    /** Throws what the watcher failed with. */
    boolean complete() throws Exception {
        Exception cause = failure;
        if (cause != null) {
            throw cause;
        }
        return seen.get() == load.rows();
    }

    int seen() {
        return seen.get();
    }

    Map<Figure, Double> figures(double rate) {
        long[] sorted = Arrays.copyOfRange(nanos, (int) (nanos.length * WARM_UP), nanos.length);
        Arrays.sort(sorted);
        return Map.of(
                Figure.CHANGES_A_SECOND, rate,
                Figure.DELAY_MEDIAN, millis(sorted, 0.5),
                Figure.DELAY_99TH, millis(sorted, 0.99),
                Figure.DELAY_MOST, millis(sorted, 1));
    }

    /** The value that this share of all does not exceed. */
    static double millis(long[] sorted, double share) {
        int index = (int) Math.ceil(share * sorted.length) - 1;
        return sorted[Math.max(0, index)] / 1e6;
    }
}
