package io.millrace.benchmarks;

/** One way to do a job. */
sealed interface Contender permits Connector, Pair, Bare {
    /** As it is printed. */
    String name();
}
