package io.millrace.benchmarks;

import io.millrace.testing.ConnectorStatus;
import io.millrace.testing.WorkerProcess;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Follows rows until all have arrived. */
final class Stopwatch {
    private static final Duration LIMIT = Duration.ofMinutes(30);
    private static final Duration STATUS_EVERY = Duration.ofSeconds(2);

    private final WorkerProcess worker;
    private final String connector;
    private final long started = System.nanoTime();
    private long asked = started;

    /** Starts with the request for the connector. */
    Stopwatch(WorkerProcess worker, String connector) {
        this.worker = worker;
        this.connector = connector;
    }

    /**
     * Waits for {@code rows} rows.
     *
     * @param arrived rows that have arrived so far; asked often until there are some
     * @param complete rows that have arrived, as soon as all have; asked often from then on, so it must be cheap
     */
    Measurement follow(long rows, LongSupplier arrived, LongSupplier complete) throws InterruptedException {
        long first = await(arrived, 1);
        long start = System.nanoTime();
        Duration cpu = worker.cpuTime();
        long last = await(complete, rows);
        return new Measurement(
                last - first,
                Duration.ofNanos(System.nanoTime() - start),
                worker.cpuTime().minus(cpu),
                Duration.ofNanos(start - started));
    }

    private long await(LongSupplier count, long wanted) throws InterruptedException {
        while (true) {
            long now = count.getAsLong();
            if (now >= wanted) {
                return now;
            }
            check(now, wanted);
            Thread.sleep(50);
        }
    }

    private void check(long now, long wanted) {
        if (System.nanoTime() - asked < STATUS_EVERY.toNanos()) {
            return;
        }
        asked = System.nanoTime();
        ConnectorStatus status = worker.rest().status(connector);
        if (status.failed()) {
            throw new IllegalStateException(connector + " failed: " + status.trace());
        }
        if (asked - started > LIMIT.toNanos()) {
            throw new IllegalStateException(connector + " has " + now + " of " + wanted + " rows after "
                    + LIMIT.toMinutes() + " minutes\n" + worker.logTail());
        }
    }
}
