package io.millrace.benchmarks;

import io.millrace.testing.ConnectorStatus;
import io.millrace.testing.WorkerProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Follows rows until all have arrived. */
final class Stopwatch {
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final Duration STATUS_EVERY = Duration.ofSeconds(2);
    private static final long PAUSE_MILLIS = 50;

    private final WorkerProcess worker;
    private final List<String> connectors;
    private final Meter meter;
    private final long started = System.nanoTime();
    private long asked = started;

    /** Starts with the request for the connectors. */
    Stopwatch(Servers servers, Workers.Worker worker, String... connectors) {
        this.worker = worker.process();
        this.connectors = List.of(connectors);
        this.meter = Meter.of(servers, worker);
    }

    /** Waits for {@code rows} rows, where counting those that have arrived costs nothing. */
    Measurement follow(long rows, LongSupplier arrived) throws InterruptedException {
        return follow(rows, arrived, arrived, arrived);
    }

    /**
     * Waits for {@code rows} rows.
     *
     * @param some at least 1 when rows have arrived; asked often until then
     * @param arrived how many have arrived; asked once, when the clock starts
     * @param complete rows that have arrived, as soon as all have; asked often from then on, so it must be cheap
     */
    Measurement follow(long rows, LongSupplier some, LongSupplier arrived, LongSupplier complete)
            throws InterruptedException {
        await(some, 1);
        long first = arrived.getAsLong();
        meter.begin();
        long last = await(complete, rows);
        long ended = System.nanoTime();
        Map<Figure, Double> figures = meter.end();
        return new Measurement(
                last - first,
                Duration.ofNanos(ended - meter.begunNanos()),
                Duration.ofNanos(meter.begunNanos() - started),
                figures);
    }

    private long await(LongSupplier count, long wanted) throws InterruptedException {
        while (true) {
            long now = count.getAsLong();
            if (now >= wanted) {
                return now;
            }
            check(now, wanted);
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private void check(long now, long wanted) {
        if (System.nanoTime() - asked < STATUS_EVERY.toNanos()) {
            return;
        }
        asked = System.nanoTime();
        for (String connector : connectors) {
            ConnectorStatus status = worker.rest().status(connector);
            if (status.failed()) {
                throw new IllegalStateException(connector + " failed: " + status.trace());
            }
        }
        if (asked - started > LIMIT.toNanos()) {
            throw new IllegalStateException(connectors + ": " + now + " of " + wanted + " rows after "
                    + LIMIT.toMinutes() + " minutes\n" + worker.logTail());
        }
    }
}
