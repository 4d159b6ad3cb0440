package io.millrace.benchmarks;

import io.millrace.benchmarks.usage.HeapWatch;
import io.millrace.benchmarks.usage.ProcessTree;
import io.millrace.benchmarks.usage.ThreadCpu;
import io.millrace.benchmarks.usage.Traffic;
import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** Reads all figures at the beginning and at the end of a run. */
final class Meter {
    private final Map<Figure, DoubleSupplier> counters = new EnumMap<>(Figure.class);
    private final Map<Figure, Double> begun = new EnumMap<>(Figure.class);
    private final Runnable resetPeak;
    private final DoubleSupplier peak;
    private long begunNanos;

    private Meter(Servers servers, Runnable resetPeak, DoubleSupplier peak) {
        this.resetPeak = resetPeak;
        this.peak = peak;
        counters.put(
                Figure.BROKER_CPU, () -> ProcessTree.cpuSeconds(servers.broker().pid()));
        counters.put(Figure.POSTGRES_CPU, () -> ProcessTree.cpuSeconds(servers.postmaster()));
        counters.put(Figure.WAL, servers::walBytes);
    }

    /** Of a worker. */
    static Meter of(Servers servers, Workers.Worker worker) {
        long pid = worker.process().pid();
        HeapWatch heap = worker.heap();
        var meter = new Meter(servers, heap::resetPeak, heap::peak);
        meter.counters.put(Figure.CONNECT_CPU, () -> worker.process().cpuTime().toNanos() / 1e9);
        meter.counters.put(Figure.COLLECTOR_CPU, () -> ThreadCpu.of(pid).collector());
        meter.counters.put(Figure.COMPILER_CPU, () -> ThreadCpu.of(pid).compiler());
        meter.counters.put(Figure.ALLOCATED, heap::allocated);
        meter.counters.put(Figure.RECEIVED, () -> Traffic.of(pid).received());
        meter.counters.put(Figure.SENT, () -> Traffic.of(pid).sent());
        return meter;
    }

    /** Of work that this process does itself. */
    static Meter ofThisProcess(Servers servers) {
        var system = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        var meter = new Meter(servers, () -> {}, () -> Double.NaN);
        meter.counters.put(Figure.CONNECT_CPU, () -> system.getProcessCpuTime() / 1e9);
        return meter;
    }

    void begin() {
        resetPeak.run();
        counters.forEach((figure, counter) -> begun.put(figure, counter.getAsDouble()));
        begunNanos = System.nanoTime();
    }

    /** When {@link #begin} returned. */
    long begunNanos() {
        return begunNanos;
    }

    /** What was used since {@link #begin}. */
    Map<Figure, Double> end() {
        var used = new EnumMap<Figure, Double>(Figure.class);
        counters.forEach(
                (figure, counter) -> put(used, figure, counter.getAsDouble() - begun.getOrDefault(figure, Double.NaN)));
        put(used, Figure.PEAK_HEAP, peak.getAsDouble());
        return used;
    }

    private static void put(Map<Figure, Double> used, Figure figure, double value) {
        if (!Double.isNaN(value)) {
            // A thread that ended has taken its count along.
            used.put(figure, Math.max(0, value));
        }
    }
}
