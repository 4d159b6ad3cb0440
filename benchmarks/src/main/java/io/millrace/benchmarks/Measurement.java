package io.millrace.benchmarks;

import java.time.Duration;
import java.util.Map;

/**
 * One run. The clock starts when the first rows have arrived, so that start-up is left out, and those rows with it; of a
 * sink when its task runs.
 *
 * @param rows rows that arrived while the clock ran
 * @param time how long they took
 * @param startup from asking for the connector to the first rows
 * @param figures what else was measured meanwhile; what is not known is absent
 */
record Measurement(long rows, Duration time, Duration startup, Map<Figure, Double> figures) {
    Measurement {
        figures = Map.copyOf(figures);
    }

    double rowsPerSecond() {
        return rows * 1e9 / time.toNanos();
    }

    /** NaN when it is absent. */
    double figure(Figure figure) {
        return figures.getOrDefault(figure, Double.NaN);
    }
}
