package io.millrace.source;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

/**
 * A task against a real server, with the test in Connect's place: it decides when records are polled and when they are
 * acknowledged, and keeps the topics and the stored offsets.
 */
final class HandDrivenTask implements AutoCloseable {
    private final PostgresCdcSourceTask task;
    private final Store store;

    /** What the tasks of one connector share. */
    static final class Store implements OffsetStorageReader {
        private final Map<Map<String, ?>, Map<String, Object>> offsets = new ConcurrentHashMap<>();
        private final List<SourceRecord> log = new ArrayList<>();
        private final Map<TopicPartition, Long> ends = new HashMap<>();
        private final Map<SourceRecord, RecordMetadata> places = new IdentityHashMap<>();

        /** Every record, in the order of the acknowledgements, as a topic has them. */
        synchronized List<SourceRecord> log() {
            return List.copyOf(log);
        }

        /** The source partitions that something is stored for. */
        Set<Map<String, ?>> partitions() {
            return Set.copyOf(offsets.keySet());
        }

        /** Where a record lies in its topic, of three partitions unless it names one. */
        private synchronized RecordMetadata place(SourceRecord record) {
            int hash = record.key() == null
                    ? 0
                    : Math.floorMod(record.key().toString().hashCode(), 3);
            int partition = record.kafkaPartition() == null ? hash : record.kafkaPartition();
            TopicPartition of = new TopicPartition(record.topic(), partition);
            long offset = ends.merge(of, 1L, Long::sum) - 1;
            RecordMetadata place = new RecordMetadata(of, offset, 0, 0L, 0, 0);
            places.put(record, place);
            return place;
        }

        synchronized Map<SourceRecord, RecordMetadata> places() {
            return new IdentityHashMap<>(places);
        }

        /** As a user does who deletes one partition's offset only. */
        synchronized void forget(Map<String, ?> partition) {
            offsets.remove(new HashMap<>(partition));
            log.clear();
        }

        private synchronized void append(SourceRecord record) {
            log.add(record);
            if (record.sourceOffset() == null) {
                offsets.remove(new HashMap<>(record.sourcePartition()));
            } else {
                offsets.put(new HashMap<>(record.sourcePartition()), new HashMap<>(record.sourceOffset()));
            }
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals")
        public <T> @Nullable Map<String, Object> offset(Map<String, T> partition) {
            return offsets.get(partition);
        }

        @Override
        public <T> Map<Map<String, T>, Map<String, Object>> offsets(Collection<Map<String, T>> partitions) {
            Map<Map<String, T>, Map<String, Object>> found = new HashMap<>();
            for (Map<String, T> partition : partitions) {
                Map<String, Object> offset = offset(partition);
                if (offset != null) {
                    found.put(partition, offset);
                }
            }
            return found;
        }
    }

    HandDrivenTask(Store store, Map<String, String> config, int task, int tasks) {
        this(store, config, task, tasks, Clock.systemUTC());
    }

    /** @param clock the machine's, as the task sees it */
    HandDrivenTask(Store store, Map<String, String> config, int task, int tasks, Clock clock) {
        this.store = store;
        this.task = new PostgresCdcSourceTask(clock);
        Map<String, String> own = new HashMap<>(config);
        own.put(CdcConfig.TASK_ID, Integer.toString(task));
        own.put(CdcConfig.TASKS, Integer.toString(tasks));
        this.task.initialize(new SourceTaskContext() {
            @Override
            public Map<String, String> configs() {
                return own;
            }

            @Override
            public OffsetStorageReader offsetStorageReader() {
                return store;
            }

            @Override
            public PluginMetrics pluginMetrics() {
                // As a worker before 4.1 answers.
                throw new NoSuchMethodError("pluginMetrics");
            }
        });
        this.task.start(own);
    }

    /** The next records, none when none came within the poll interval. */
    List<SourceRecord> poll() {
        try {
            List<SourceRecord> records = task.poll();
            return records == null ? List.of() : records;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The records are in their topics, and their offsets are stored. */
    void acknowledge(List<SourceRecord> records) {
        for (SourceRecord record : records) {
            store.append(record);
            task.commitRecord(record, store.place(record));
        }
        task.commit();
    }

    /** The records are in their topics, but the worker is killed before their offsets are stored. */
    void emit(List<SourceRecord> records) {
        synchronized (store) {
            store.log.addAll(records);
        }
    }

    /** Polls and acknowledges until nothing comes. */
    void pass() {
        for (List<SourceRecord> records = poll(); !records.isEmpty(); records = poll()) {
            acknowledge(records);
        }
    }

    @Override
    public void close() {
        task.stop();
    }
}
