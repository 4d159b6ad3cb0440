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
import java.util.function.Predicate;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/** The records of a table, by a source task that runs here; what it stores is read by it again at once. */
final class SourceCopy implements SourceTaskContext, OffsetStorageReader {
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Map<Map<String, ?>, Map<String, ?>> offsets = new ConcurrentHashMap<>();
    private final Map<String, String> config = new HashMap<>();
    private final String table;

    /** Of one table, in schema {@code public}. */
    SourceCopy(PostgresServer server, String database, String table, String mode) {
        this.table = table;
        config.put("database.hostname", server.host());
        config.put("database.port", Integer.toString(server.port()));
        config.put("database.user", server.user());
        config.put("database.password", server.password());
        config.put("database.dbname", database);
        config.put("topic.prefix", "mirror");
        config.put("table.include.list", "public\\." + table);
        config.put("snapshot.mode", mode);
        config.put("poll.interval.ms", "100");
        config.put("millrace.task.id", "0");
    }

    /** So many rows of the table {@code types}. */
    static List<SourceRecord> of(PostgresServer server, String database, int count) throws InterruptedException {
        return new SourceCopy(server, database, "types", "initial_only").read(rows -> rows.size() >= count);
    }

    /** The next records of the table; what was read before is not read again. */
    List<SourceRecord> read(Predicate<List<SourceRecord>> enough) throws InterruptedException {
        List<SourceRecord> rows = new ArrayList<>();
        PostgresCdcSourceTask task = new PostgresCdcSourceTask();
        task.initialize(this);
        task.start(config);
        try {
            long end = System.nanoTime() + MOST_NANOS;
            while (!enough.test(rows)) {
                List<SourceRecord> polled = task.poll();
                if (polled == null && System.nanoTime() > end) {
                    throw new AssertionError("The source has sent only " + rows.size() + " rows");
                }
                for (SourceRecord record : polled == null ? List.<SourceRecord>of() : polled) {
                    offsets.put(Map.copyOf(record.sourcePartition()), Map.copyOf(record.sourceOffset()));
                    task.commitRecord(record, null);
                    if (record.topic().endsWith("." + table)) {
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
