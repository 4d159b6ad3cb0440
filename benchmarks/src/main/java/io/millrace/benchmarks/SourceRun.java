package io.millrace.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** One run of a source connector until its topic holds all rows. */
final class SourceRun {
    private static final AtomicInteger RUNS = new AtomicInteger();

    /** JSON without schemas: the cheapest converter that everybody has. */
    static final Map<String, String> JSON = Map.of(
            "key.converter", "org.apache.kafka.connect.json.JsonConverter",
            "key.converter.schemas.enable", "false",
            "value.converter", "org.apache.kafka.connect.json.JsonConverter",
            "value.converter.schemas.enable", "false");

    private SourceRun() {}

    /** Slots, publications and topics of a run begin with its name. */
    static String newName() {
        return "bench_run_" + RUNS.incrementAndGet();
    }

    static String topic(String prefix, String table) {
        return prefix + ".public." + table;
    }

    /** Reads one table until {@code records} are in its topic, which is left there. */
    static Measurement measure(
            Servers servers, Connector contender, String table, long records, String prefix, Map<String, String> more)
            throws InterruptedException {
        String topic = topic(prefix, table);
        var configuration = new LinkedHashMap<>(contender.with(servers.source(table, prefix)));
        configuration.putAll(JSON);
        configuration.putAll(more);
        servers.topics().create(topic, 1);
        try (var job = new Job(servers, contender.worker())) {
            Stopwatch stopwatch = job.stopwatch(prefix);
            job.put(prefix, configuration);
            return job.succeeded(
                    stopwatch.follow(records, () -> servers.topics().endOffset(topic)));
        }
    }

    /** What a run leaves behind. */
    static void clean(Servers servers, String prefix) {
        servers.dropSlot(prefix);
        servers.dropPublication(prefix);
        servers.dropTopics(prefix);
    }
}
