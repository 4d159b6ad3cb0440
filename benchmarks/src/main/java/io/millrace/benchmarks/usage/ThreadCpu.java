package io.millrace.benchmarks.usage;

import java.util.List;

/**
 * CPU of a JVM's own threads, told by the names that HotSpot gives them. A thread that ends takes its count along; the
 * collector's live as long as the JVM, the compiler's nearly so.
 *
 * @param collector seconds in garbage collection, concurrent work included; NaN where the system does not tell
 * @param compiler seconds in compiling
 */
public record ThreadCpu(double collector, double compiler) {
    private static final List<String> COLLECTOR = List.of("GC Thread", "G1 ", "ParGC", "VM Thread");
    private static final List<String> COMPILER = List.of("C1 Comp", "C2 Comp");

    public static ThreadCpu of(long pid) {
        if (!ProcFiles.available()) {
            return new ThreadCpu(Double.NaN, Double.NaN);
        }
        List<ProcFiles.Stat> threads = ProcFiles.threads(pid);
        return new ThreadCpu(seconds(threads, COLLECTOR), seconds(threads, COMPILER));
    }

    private static double seconds(List<ProcFiles.Stat> threads, List<String> names) {
        return threads.stream()
                .filter(thread -> names.stream().anyMatch(thread.name()::startsWith))
                .mapToDouble(ProcFiles.Stat::seconds)
                .sum();
    }
}
