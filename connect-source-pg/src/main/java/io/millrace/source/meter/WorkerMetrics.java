package io.millrace.source.meter;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A task's meters in the worker's registry, which drops them when the task ends. */
public final class WorkerMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerMetrics.class);

    private WorkerMetrics() {}

    /** Nothing on workers that have no metrics for plugins (before Kafka 4.1). */
    public static void show(Meters meters, SourceTaskContext context) {
        try {
            Registry registry = new Registry(context.pluginMetrics(), Map.of());
            registry.add("rows-total", "Rows handed to Connect, copied or changed", meters::rows);
            registry.add("bytes-total", "Bytes of these rows as the source sent them", meters::bytes);
            registry.add("transactions-total", "Transactions of the source handed to Connect", meters::transactions);
            registry.add(
                    "commit-delay-ms",
                    "From the commit in the source to the arrival in the topic, of the last change",
                    meters::delayMillis);
            registry.add("slot-wal-bytes", "WAL that the server keeps for the slot, as last looked", meters::heldBytes);
            registry.add(
                    "confirm-failing-ms",
                    "For how long the slot is not confirmed since Connect's offsets cannot be read, 0 while they can",
                    meters::confirmFailingMillis);
            registry.add(
                    "chunks-planned",
                    "Chunks of the initial copy that were to be read by all tasks when this one began",
                    meters::chunksPlanned);
            registry.add("chunks-copied", "Chunks that this task has read since", meters::chunksCopied);
        } catch (LinkageError | UnsupportedOperationException e) {
            LOG.debug("This worker has no metrics for plugins: {}", e.getMessage());
        }
    }

    /** Those of one mirror, under its name; nothing on workers that have no metrics for plugins. */
    public static void show(String mirror, RunMeters meters, SourceTaskContext context) {
        try {
            Registry registry = new Registry(context.pluginMetrics(), Map.of("mirror", mirror));
            registry.add("runs-total", "Runs that are over, whether or not they found something", meters::runs);
            registry.add("rows-total", "Rows that runs handed to Connect", meters::rows);
            registry.add("overruns-total", "Runs that took longer than refresh.interval.ms", meters::overruns);
            registry.add("last-run-ms", "What the last run took", meters::lastMillis);
        } catch (LinkageError | UnsupportedOperationException e) {
            LOG.debug("This worker has no metrics for plugins: {}", e.getMessage());
        }
    }

    /** Apart, since the class that it names is absent on older workers. */
    private record Registry(PluginMetrics metrics, Map<String, String> tags) {
        void add(String name, String description, LongSupplier value) {
            Gauge<Long> gauge = (config, now) -> value.getAsLong();
            metrics.addMetric(metrics.metricName(name, description, new LinkedHashMap<>(tags)), gauge);
        }
    }
}
