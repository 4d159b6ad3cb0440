package io.millrace.benchmarks;

import io.millrace.testing.WorkerOptions;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One way to do a job.
 *
 * @param name as it is printed
 * @param worker what the worker loads
 * @param settings of the connector, without those that say where the servers are
 */
record Contender(String name, WorkerOptions worker, Map<String, String> settings) {
    Contender {
        settings = Map.copyOf(settings);
    }

    Map<String, String> with(Map<String, String> more) {
        var all = new LinkedHashMap<>(settings);
        all.putAll(more);
        return all;
    }
}
