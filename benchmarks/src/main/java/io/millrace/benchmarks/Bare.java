package io.millrace.benchmarks;

/**
 * The least that has to be done in any case, written by hand and run in this process: what no connector can beat.
 *
 * @param work returns how many rows it moved
 */
record Bare(String name, Work work) implements Contender {
    @FunctionalInterface
    interface Work {
        long run() throws Exception;
    }
}
