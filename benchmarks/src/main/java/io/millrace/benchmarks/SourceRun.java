package io.millrace.benchmarks;

import io.millrace.testing.ConnectWorker;
import io.millrace.testing.WorkerProcess;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** One run of a source connector on a worker of its own, until its topic holds all rows. */
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

    static Measurement measure(
            Servers servers, Contender contender, Table table, long rows, String prefix, Map<String, String> more)
            throws InterruptedException {
        String topic = prefix + ".public." + table.name();
        var configuration = contender.with(servers.source(table, prefix));
        configuration.putAll(JSON);
        configuration.putAll(more);
        servers.topics().create(topic, 1);
        try (WorkerProcess worker =
                ConnectWorker.process(servers.broker(), contender.worker().group(prefix + "_worker"))) {
            var stopwatch = new Stopwatch(worker, prefix);
            worker.rest().put(prefix, configuration);
            return stopwatch.follow(rows, () -> servers.topics().endOffset(topic), () -> servers.topics()
                    .endOffset(topic));
        }
    }

    /** What a run leaves behind, except its data topic when {@code prefix} still needs it. */
    static void clean(Servers servers, String prefix) {
        servers.dropSlot(prefix);
        servers.dropPublication(prefix);
        servers.dropTopics(prefix);
    }
}
