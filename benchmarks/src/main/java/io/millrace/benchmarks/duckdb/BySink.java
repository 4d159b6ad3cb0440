package io.millrace.benchmarks.duckdb;

import io.millrace.sink.warehouse.WarehouseSinkTask;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;

/** The sink's task with its own defaults, given records as Connect's worker does: 500 at a time. */
final class BySink {
    private static final int POLL = 500;

    private BySink() {}

    /** Returns rows a second, until the target's ledger is behind the last record. */
    static double write(Path file, List<SinkRecord> records, boolean upsert) {
        Map<String, String> config = Map.of(
                "name",
                "bench",
                "warehouse.type",
                "duckdb",
                "duckdb.database",
                file.toString(),
                "insert.mode",
                upsert ? "upsert" : "append",
                "primary.key.mode",
                upsert ? "record_key" : "none");
        WarehouseSinkTask task = new WarehouseSinkTask();
        task.initialize(new Context(config));
        task.start(config);
        try {
            task.open(List.of(WideRows.PARTITION));
            long start = System.nanoTime();
            for (int from = 0; from < records.size(); from += POLL) {
                task.put(records.subList(from, Math.min(records.size(), from + POLL)));
            }
            long end = records.get(records.size() - 1).kafkaOffset() + 1;
            long durable = Objects.requireNonNull(task.preCommit(Map.of()).get(WideRows.PARTITION))
                    .offset();
            if (durable != end) {
                throw new IllegalStateException("The sink is at " + durable + " of " + end);
            }
            return records.size() * 1e9 / (System.nanoTime() - start);
        } finally {
            task.stop();
        }
    }

    private record Context(Map<String, String> configs) implements SinkTaskContext {
        @Override
        public void offset(Map<TopicPartition, Long> offsets) {
            throw new IllegalStateException("A new file's ledger asks for no offset");
        }

        @Override
        public void offset(TopicPartition partition, long offset) {
            // The second task goes on where the first one's ledger is, which is where its records begin.
        }

        @Override
        public void timeout(long millis) {}

        @Override
        public Set<TopicPartition> assignment() {
            return Set.of(WideRows.PARTITION);
        }

        @Override
        public void pause(TopicPartition... partitions) {}

        @Override
        public void resume(TopicPartition... partitions) {}

        @Override
        public void requestCommit() {}

        @Override
        public @Nullable ErrantRecordReporter errantRecordReporter() {
            return null;
        }

        @Override
        public PluginMetrics pluginMetrics() {
            throw new UnsupportedOperationException("As in workers before Kafka 4.1");
        }
    }
}
