package io.millrace.benchmarks;

import io.millrace.testing.WorkerOptions;
import java.util.Map;

/**
 * A source and a sink on one worker.
 *
 * @param source settings of the source, without those that say where the servers are
 * @param sink likewise
 */
record Pair(String name, WorkerOptions worker, Map<String, String> source, Map<String, String> sink)
        implements Contender {
    Pair {
        source = Map.copyOf(source);
        sink = Map.copyOf(sink);
    }

    Connector sourceAlone() {
        return new Connector(name, worker, source);
    }

    Connector sinkAlone() {
        return new Connector(name, worker, sink);
    }
}
