package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

/**
 * A connector's first task, run as Connect runs it but in this JVM and without a broker: a thread polls, every record
 * is acknowledged at once and its offset stored, and what the task fails with is kept as Connect would show it.
 */
final class TaskRun implements AutoCloseable {
    private static final long TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(3);

    private final SourceTask task;
    private final Map<String, Long> ends = new HashMap<>();
    private final MemoryOffsets offsets;
    private final List<SourceRecord> records = new ArrayList<>();
    private final Thread thread;
    private @Nullable Throwable failure;
    private volatile boolean stopped;

    private TaskRun(SourceConnector connector, SourceTask task, Map<String, String> config, MemoryOffsets offsets) {
        this(task, config, firstTask(connector, config), offsets);
    }

    private static Map<String, String> firstTask(SourceConnector connector, Map<String, String> config) {
        connector.start(config);
        return connector.taskConfigs(1).get(0);
    }

    private TaskRun(
            SourceTask task, Map<String, String> config, Map<String, String> properties, MemoryOffsets offsets) {
        this.offsets = offsets;
        this.task = task;
        task.initialize(new Context(properties, offsets));
        task.start(properties);
        thread = new Thread(this::poll, "polls " + config.get("topic.prefix"));
        thread.start();
    }

    private record Context(Map<String, String> configs, OffsetStorageReader offsetStorageReader)
            implements SourceTaskContext {
        /** As on a worker before 4.1, which has none. */
        @Override
        public PluginMetrics pluginMetrics() {
            throw new NoSuchMethodError("pluginMetrics");
        }
    }

    static TaskRun start(Map<String, String> config) {
        return start(config, new MemoryOffsets());
    }

    /** Goes on from what an earlier run has stored. */
    static TaskRun start(Map<String, String> config, MemoryOffsets offsets) {
        return new TaskRun(new PostgresCdcSourceConnector(), new PostgresCdcSourceTask(), config, offsets);
    }

    /** The query connector's first task. */
    static TaskRun query(Map<String, String> config, MemoryOffsets offsets) {
        return new TaskRun(new PostgresQuerySourceConnector(), new PostgresQuerySourceTask(), config, offsets);
    }

    /** All tasks of the query connector, as many as there may be. */
    static List<TaskRun> queries(Map<String, String> config, MemoryOffsets offsets, int mostTasks) {
        PostgresQuerySourceConnector connector = new PostgresQuerySourceConnector();
        connector.start(config);
        return connector.taskConfigs(mostTasks).stream()
                .map(properties -> new TaskRun(new PostgresQuerySourceTask(), config, properties, offsets))
                .toList();
    }

    private void poll() {
        try {
            while (!stopped) {
                List<SourceRecord> batch = task.poll();
                if (batch != null) {
                    add(batch);
                    acknowledge(batch);
                    task.commit();
                }
            }
        } catch (InterruptedException e) {
            // close() wants it to end.
        } catch (Throwable e) {
            synchronized (this) {
                failure = e;
                notifyAll();
            }
        }
    }

    private synchronized void add(List<SourceRecord> batch) {
        for (SourceRecord record : batch) {
            offsets.store(typed(record.sourcePartition()), typed(record.sourceOffset()));
            records.add(record);
        }
        notifyAll();
    }

    private void acknowledge(List<SourceRecord> batch) throws InterruptedException {
        for (SourceRecord record : batch) {
            long offset = ends.merge(record.topic(), 1L, Long::sum) - 1;
            task.commitRecord(record, new RecordMetadata(new TopicPartition(record.topic(), 0), offset, 0, 0L, 0, 0));
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, ?> typed(Map<?, ?> map) {
        return (Map<String, ?>) map;
    }

    MemoryOffsets offsets() {
        return offsets;
    }

    /** The first so many records of a topic, waiting for them; fails when the task does. */
    List<SourceRecord> take(String topic, int count) {
        await(count + " records in " + topic, all -> count(all, topic) >= count);
        return of(topic);
    }

    /** The records of a topic up to now. */
    synchronized List<SourceRecord> of(String topic) {
        return records.stream().filter(record -> record.topic().equals(topic)).toList();
    }

    synchronized List<SourceRecord> matching(Predicate<SourceRecord> wanted) {
        return records.stream().filter(wanted).toList();
    }

    synchronized void await(String what, Predicate<List<SourceRecord>> condition) {
        long deadline = System.nanoTime() + TIMEOUT_NANOS;
        while (!condition.test(records)) {
            if (failure != null) {
                throw new AssertionError("the task failed while waiting for " + what, failure);
            }
            waitUntil(deadline, what + "; there are " + records.size() + " records");
        }
    }

    /** What the task fails with, as the task's status would show it. */
    synchronized String failure() {
        long deadline = System.nanoTime() + TIMEOUT_NANOS;
        while (failure == null) {
            waitUntil(deadline, "the task's failure");
        }
        assertThat(failure).isInstanceOf(org.apache.kafka.connect.errors.ConnectException.class);
        return String.valueOf(failure.getMessage());
    }

    private void waitUntil(long deadline, String what) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new AssertionError("waited too long for " + what);
        }
        try {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long count(List<SourceRecord> records, String topic) {
        return records.stream().filter(record -> record.topic().equals(topic)).count();
    }

    /** The row after the change. */
    static Struct after(SourceRecord record) {
        return Objects.requireNonNull(((Struct) record.value()).getStruct("after"));
    }

    static String op(SourceRecord record) {
        return record.value() == null ? "tombstone" : ((Struct) record.value()).getString("op");
    }

    @Override
    public void close() {
        stopped = true;
        task.stop();
        thread.interrupt();
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
