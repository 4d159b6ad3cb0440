package io.millrace.benchmarks;

import java.time.Duration;

/**
 * One run. The clock starts when the first rows have arrived, so that start-up is left out, and those rows with it.
 *
 * @param rows rows that arrived while the clock ran
 * @param time how long they took
 * @param cpu what the worker's process used meanwhile
 * @param startup from asking for the connector to the first rows
 */
record Measurement(long rows, Duration time, Duration cpu, Duration startup) {
    double rowsPerSecond() {
        return rows * 1e9 / time.toNanos();
    }

    /** CPU seconds of the worker for a million rows. */
    double cpuPerMillion() {
        return cpu.toNanos() / 1e9 * 1e6 / rows;
    }
}
