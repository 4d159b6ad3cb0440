package io.millrace.benchmarks;

import java.time.Duration;

/** One run of a job in this process. */
final class BareRun {
    private BareRun() {}

    static Measurement measure(Servers servers, Bare bare) throws Exception {
        Meter meter = Meter.ofThisProcess(servers);
        meter.begin();
        long rows = bare.work().run();
        Duration time = Duration.ofNanos(System.nanoTime() - meter.begunNanos());
        return new Measurement(rows, time, Duration.ZERO, meter.end());
    }
}
