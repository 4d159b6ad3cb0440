package io.millrace.source;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

/**
 * Runs one task as a worker would, without one: polls, keeps the records in order, and stores offsets now and then, those
 * of what was polled before. What a run has stored, the next one finds; {@link #kill} loses what was not stored yet.
 */
final class MirrorRun implements AutoCloseable {
    private static final long FLUSH_NANOS = 100_000_000L;

    private final List<SourceRecord> records;
    private final Map<Map<String, ?>, Map<String, Object>> stored;
    private final Map<Map<String, ?>, Map<String, Object>> polled = new HashMap<>();
    private final Map<String, Long> ends = new HashMap<>();
    private final SourceTask task = new PostgresCdcSourceTask();
    private final Thread thread = new Thread(this::run, "task-run");
    private volatile boolean stopping;
    private volatile int storedRecords;
    private volatile @Nullable Throwable failure;

    private MirrorRun(List<SourceRecord> records, Map<Map<String, ?>, Map<String, Object>> stored) {
        this.records = records;
        this.stored = stored;
    }

    static MirrorRun first(Map<String, String> config) {
        return new MirrorRun(new ArrayList<>(), new ConcurrentHashMap<>()).started(config);
    }

    /** A new task that goes on from what this one's offsets say. */
    MirrorRun next(Map<String, String> config) {
        return new MirrorRun(records, stored).started(config);
    }

    private MirrorRun started(Map<String, String> config) {
        storedRecords = records.size();
        Map<String, String> one = new HashMap<>(config);
        one.put("millrace.task.id", "0");
        one.put("millrace.tasks", "1");
        task.initialize(new Context(one));
        task.start(one);
        thread.start();
        return this;
    }

    /** What has been polled so far, by all runs. */
    List<SourceRecord> records() {
        synchronized (records) {
            return List.copyOf(records);
        }
    }

    List<SourceRecord> records(String topic) {
        return records().stream().filter(record -> record.topic().equals(topic)).toList();
    }

    /** What is stored for a source partition; null when nothing is. */
    @Nullable
    Map<String, Object> stored(Map<String, ?> partition) {
        check();
        return stored.get(partition);
    }

    void check() {
        if (failure != null) {
            throw new AssertionError("the task failed", failure);
        }
    }

    /** Stores what was polled, then ends. */
    void stop() throws InterruptedException {
        end();
        store();
    }

    /** Ends and forgets what was polled and not stored. */
    void kill() throws InterruptedException {
        end();
    }

    /** As {@link #kill}, where records and offsets are one transaction: what was not stored was not written either. */
    void abort() throws InterruptedException {
        end();
        synchronized (records) {
            records.subList(storedRecords, records.size()).clear();
        }
    }

    private void end() throws InterruptedException {
        stopping = true;
        thread.join();
        task.stop();
    }

    @Override
    public void close() throws InterruptedException {
        end();
    }

    /** An empty offset stands for one that is to be deleted. */
    private void store() {
        polled.forEach((partition, offset) -> {
            if (offset.isEmpty()) {
                stored.remove(partition);
            } else {
                stored.put(partition, offset);
            }
        });
    }

    private void run() {
        long flushed = System.nanoTime();
        try {
            while (!stopping) {
                List<SourceRecord> batch = task.poll();
                if (batch != null) {
                    synchronized (records) {
                        records.addAll(batch);
                    }
                    for (SourceRecord record : batch) {
                        long offset = ends.merge(record.topic(), 1L, Long::sum) - 1;
                        task.commitRecord(
                                record, new RecordMetadata(new TopicPartition(record.topic(), 0), offset, 0, 0L, 0, 0));
                        polled.put(
                                record.sourcePartition(),
                                record.sourceOffset() == null ? Map.of() : new HashMap<>(record.sourceOffset()));
                    }
                }
                if (System.nanoTime() - flushed > FLUSH_NANOS) {
                    flushed = System.nanoTime();
                    store();
                    storedRecords = records.size();
                    task.commit();
                }
            }
        } catch (Exception | Error e) {
            failure = e;
        }
    }

    private final class Context implements SourceTaskContext {
        private final Map<String, String> configs;

        Context(Map<String, String> configs) {
            this.configs = configs;
        }

        @Override
        public Map<String, String> configs() {
            return configs;
        }

        @Override
        public OffsetStorageReader offsetStorageReader() {
            return new OffsetStorageReader() {
                @Override
                @SuppressWarnings("NullAway") // null is what the interface returns for an offset that is not there
                public <T> Map<String, Object> offset(Map<String, T> partition) {
                    return stored.get(partition);
                }

                @Override
                public <T> Map<Map<String, T>, Map<String, Object>> offsets(Collection<Map<String, T>> partitions) {
                    Map<Map<String, T>, Map<String, Object>> found = new HashMap<>();
                    partitions.forEach(partition -> {
                        Map<String, Object> offset = stored.get(partition);
                        if (offset != null) {
                            found.put(partition, offset);
                        }
                    });
                    return found;
                }
            };
        }

        @Override
        public PluginMetrics pluginMetrics() {
            throw new UnsupportedOperationException("no metrics here");
        }
    }
}
