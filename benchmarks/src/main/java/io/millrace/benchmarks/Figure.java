package io.millrace.benchmarks;

/** What is measured of a run beside rows and time. A figure that the system does not tell is absent. */
enum Figure {
    CONNECT_CPU("connectCpuSeconds", "connect", Per.MILLION_ROWS),
    BROKER_CPU("brokerCpuSeconds", "broker", Per.MILLION_ROWS),
    POSTGRES_CPU("postgresCpuSeconds", "postgres", Per.MILLION_ROWS),
    COLLECTOR_CPU("collectorCpuSeconds", "gc %", Per.CONNECT_CPU),
    COMPILER_CPU("compilerCpuSeconds", "jit %", Per.CONNECT_CPU),
    ALLOCATED("allocatedBytes", "alloc B", Per.ROW),
    PEAK_HEAP("peakHeapBytes", "heap MB", Per.MEGABYTE),
    RECEIVED("receivedBytes", "in B", Per.ROW),
    SENT("sentBytes", "out B", Per.ROW),
    WAL("walBytes", "wal B", Per.ROW),
    CHANGES_A_SECOND("changesPerSecond", "changes/s", Per.ITSELF),
    DELAY_MEDIAN("delayMedianMillis", "median ms", Per.ITSELF),
    DELAY_99TH("delay99thMillis", "99th ms", Per.ITSELF),
    DELAY_MOST("delayMostMillis", "most ms", Per.ITSELF);

    /** What the table divides it by. */
    enum Per {
        ROW,
        MILLION_ROWS,
        CONNECT_CPU,
        MEGABYTE,
        ITSELF
    }

    private final String key;
    private final String title;
    private final Per per;

    Figure(String key, String title, Per per) {
        this.key = key;
        this.title = title;
        this.per = per;
    }

    /** Its name in JSON, with its unit. */
    String key() {
        return key;
    }

    String title() {
        return title;
    }

    /** As the table shows it; NaN when it is absent. */
    double shown(Measurement run) {
        double value = run.figure(this);
        return switch (per) {
            case ROW -> value / run.rows();
            case MILLION_ROWS -> value * 1e6 / run.rows();
            case CONNECT_CPU -> value * 100 / run.figure(Figure.CONNECT_CPU);
            case MEGABYTE -> value / (1 << 20);
            case ITSELF -> value;
        };
    }
}
