package io.millrace.benchmarks;

import io.millrace.testing.WorkerOptions;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A connector on a worker.
 *
 * @param worker what the worker loads; connectors with equal options run on one worker, one after the other
 * @param settings of the connector, without those that say where the servers are
 */
record Connector(String name, WorkerOptions worker, Map<String, String> settings) implements Contender {
    Connector {
        settings = Map.copyOf(settings);
    }

    Map<String, String> with(Map<String, String> more) {
        var all = new LinkedHashMap<>(settings);
        all.putAll(more);
        return all;
    }
}
