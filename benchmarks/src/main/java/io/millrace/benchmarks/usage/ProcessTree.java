package io.millrace.benchmarks.usage;

import java.nio.file.Path;

/** CPU of a process that serves each client by a child: its own, its children's, and that of those that have ended. */
public final class ProcessTree {
    private ProcessTree() {}

    /** Seconds since it began; NaN where the system does not tell. */
    public static double cpuSeconds(long pid) {
        ProcFiles.Stat own = ProcFiles.stat(Path.of("/proc", String.valueOf(pid)));
        if (own == null) {
            return Double.NaN;
        }
        double children = ProcFiles.processes().stream()
                .filter(process -> process.parent() == pid)
                .mapToDouble(ProcFiles.Stat::seconds)
                .sum();
        return own.seconds() + own.endedChildrenSeconds() + children;
    }
}
