package io.millrace.archives;

import io.millrace.source.PostgresCdcSourceTask;
import io.millrace.testing.PostgresServer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/** The records of a database's initial copy, by a source task that runs here; what it stores is read by it again at once. */
final class SourceCopy implements SourceTaskContext, OffsetStorageReader {
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Map<Map<String, ?>, Map<String, ?>> offsets = new ConcurrentHashMap<>();
    private final Map<String, String> config;

    private SourceCopy(Map<String, String> config) {
        this.config = config;
    }

    /** So many rows of the table {@code types}. */
    static List<SourceRecord> of(PostgresServer server, String database, int count) throws InterruptedException {
        Map<String, String> config = new HashMap<>();
        config.put("database.hostname", server.host());
        config.put("database.port", Integer.toString(server.port()));
        config.put("database.user", server.user());
        config.put("database.password", server.password());
        config.put("database.dbname", database);
        config.put("topic.prefix", "mirror");
        config.put("table.include.list", "public\\.types");
        config.put("snapshot.mode", "initial_only");
        config.put("poll.interval.ms", "100");
        config.put("millrace.task.id", "0");
        return new SourceCopy(config).read(count);
    }

    private List<SourceRecord> read(int count) throws InterruptedException {
        List<SourceRecord> rows = new ArrayList<>();
        PostgresCdcSourceTask task = new PostgresCdcSourceTask();
        task.initialize(this);
        task.start(config);
        try {
            long end = System.nanoTime() + MOST_NANOS;
            while (rows.size() < count) {
                List<SourceRecord> polled = task.poll();
                if (polled == null && System.nanoTime() > end) {
                    throw new AssertionError("The source has sent " + rows.size() + " rows of " + count);
                }
                for (SourceRecord record : polled == null ? List.<SourceRecord>of() : polled) {
                    offsets.put(Map.copyOf(record.sourcePartition()), Map.copyOf(record.sourceOffset()));
                    task.commitRecord(record, null);
                    if (record.topic().endsWith(".types")) {
                        rows.add(record);
                    }
                }
            }
        } finally {
            task.stop();
        }
        return rows;
    }

    @Override
    public Map<String, String> configs() {
        return config;
    }

    @Override
    public OffsetStorageReader offsetStorageReader() {
        return this;
    }

    @Override
    public PluginMetrics pluginMetrics() {
        throw new UnsupportedOperationException("Tasks must not need metrics: workers before 4.1 have none");
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"
    }) // Connect's interface is older than such annotations: null is its answer for none.
    public <T> Map<String, Object> offset(Map<String, T> partition) {
        return (Map<String, Object>) offsets.get(partition);
    }

    @Override
    public <T> Map<Map<String, T>, Map<String, Object>> offsets(Collection<Map<String, T>> partitions) {
        Map<Map<String, T>, Map<String, Object>> found = new HashMap<>();
        partitions.forEach(partition -> found.put(partition, offset(partition)));
        return found;
    }
}
