package io.millrace.sink;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;

/** Does to a sink task what Connect's worker does: opens partitions, delivers, seeks, repeats, commits. */
public final class TaskDriver implements AutoCloseable {
    private final TopicLog log;
    private final SinkTask task;
    private final Map<String, String> config;
    private final Context context = new Context();
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final Map<TopicPartition, Long> committed = new HashMap<>();
    private final List<SinkRecord> deadLetters = new ArrayList<>();
    private final boolean deadLetterQueue;
    private final @Nullable PluginMetrics metrics;
    private int batch = 500;
    private boolean twice;
    private List<SinkRecord> undelivered = List.of();

    public TaskDriver(TopicLog log, SinkTask task, Map<String, String> config, boolean deadLetterQueue) {
        this(log, task, config, deadLetterQueue, null);
    }

    /** With the metrics of a worker that has some. */
    public TaskDriver(
            TopicLog log,
            SinkTask task,
            Map<String, String> config,
            boolean deadLetterQueue,
            @Nullable PluginMetrics metrics) {
        this.metrics = metrics;
        this.log = log;
        this.task = task;
        this.config = config;
        this.deadLetterQueue = deadLetterQueue;
        task.initialize(context);
        task.start(config);
    }

    public TaskDriver batch(int records) {
        batch = records;
        return this;
    }

    /** Every batch comes twice, as after a RetriableException. */
    public TaskDriver deliverTwice() {
        twice = true;
        return this;
    }

    /** Where the consumer group stands before this task. */
    public TaskDriver groupAt(TopicPartition partition, long offset) {
        committed.put(partition, offset);
        return this;
    }

    public TaskDriver open() {
        return open(log.partitions());
    }

    public TaskDriver open(Collection<TopicPartition> partitions) {
        context.assignment.addAll(partitions);
        partitions.forEach(each -> positions.put(each, committed.getOrDefault(each, 0L)));
        task.open(partitions);
        return this;
    }

    /** Delivers until nothing is left, then commits; at most a minute. */
    public TaskDriver drain() {
        long end = System.nanoTime() + 60_000_000_000L;
        int idle = 0;
        while (idle < 3) {
            if (System.nanoTime() > end) {
                throw new AssertionError("The task has not taken all records: " + positions);
            }
            idle = step() ? 0 : idle + 1;
            if (idle == 2) {
                commit();
            }
        }
        return this;
    }

    /** Delivers and commits until a condition holds; at most two minutes. */
    public TaskDriver until(BooleanSupplier condition) {
        long end = System.nanoTime() + 120_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("What was waited for has not come: " + positions);
            }
            step();
            commit();
            pause();
        }
        return this;
    }

    /** One delivery; whether there was anything to do. */
    public boolean step() {
        boolean sought = seek();
        boolean again = !undelivered.isEmpty();
        List<SinkRecord> records = again ? undelivered : poll();
        try {
            task.put(records);
            if (twice) {
                task.put(records);
            }
            undelivered = List.of();
        } catch (RetriableException e) {
            undelivered = records;
            pause();
            return true;
        }
        return sought || again || !records.isEmpty() || !context.offsets.isEmpty();
    }

    public Map<TopicPartition, Long> commit() {
        Map<TopicPartition, OffsetAndMetadata> current = new HashMap<>();
        positions.forEach((partition, offset) -> current.put(partition, new OffsetAndMetadata(offset)));
        task.preCommit(current).forEach((partition, offset) -> committed.put(partition, offset.offset()));
        return Map.copyOf(committed);
    }

    public List<SinkRecord> deadLetters() {
        return deadLetters;
    }

    /** A rebalance takes partitions away. */
    public void close(Collection<TopicPartition> partitions) {
        commit();
        task.close(partitions);
        context.assignment.removeAll(partitions);
        partitions.forEach(positions::remove);
    }

    /** An orderly end. */
    @Override
    public void close() {
        try {
            commit();
            task.close(Set.copyOf(context.assignment));
        } finally {
            task.stop();
        }
    }

    /** The worker is gone: nothing is committed, nothing closed but the sockets. */
    public void kill() {
        task.stop();
    }

    private boolean seek() {
        boolean any = !context.offsets.isEmpty();
        positions.putAll(context.offsets);
        context.offsets.clear();
        return any;
    }

    private List<SinkRecord> poll() {
        List<SinkRecord> polled = new ArrayList<>();
        for (TopicPartition partition : context.assignment) {
            if (context.paused.contains(partition)) {
                continue;
            }
            List<SinkRecord> records = log.records(partition);
            long from = positions.getOrDefault(partition, 0L);
            long begin = log.begin(partition);
            if (from > records.size() || from < begin) {
                // Out of range: auto.offset.reset=earliest.
                from = begin;
            }
            int to = (int) Math.min(records.size(), from + batch);
            polled.addAll(records.subList((int) from, to));
            positions.put(partition, (long) to);
        }
        return polled;
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private final class Context implements SinkTaskContext {
        private final Map<TopicPartition, Long> offsets = new HashMap<>();
        private final Set<TopicPartition> assignment = new HashSet<>();
        private final Set<TopicPartition> paused = new HashSet<>();

        @Override
        public Map<String, String> configs() {
            return config;
        }

        @Override
        public void offset(Map<TopicPartition, Long> wanted) {
            offsets.putAll(wanted);
        }

        @Override
        public void offset(TopicPartition partition, long offset) {
            offsets.put(partition, offset);
        }

        @Override
        public void timeout(long millis) {}

        @Override
        public Set<TopicPartition> assignment() {
            return assignment;
        }

        @Override
        public void pause(TopicPartition... partitions) {
            paused.addAll(List.of(partitions));
        }

        @Override
        public void resume(TopicPartition... partitions) {
            paused.removeAll(List.of(partitions));
        }

        @Override
        public void requestCommit() {}

        @Override
        public @Nullable ErrantRecordReporter errantRecordReporter() {
            return deadLetterQueue ? this::report : null;
        }

        @Override
        public PluginMetrics pluginMetrics() {
            if (metrics != null) {
                return metrics;
            }
            throw new UnsupportedOperationException("Tasks must not need metrics: workers before 4.1 have none");
        }

        private Future<Void> report(SinkRecord record, Throwable error) {
            deadLetters.add(record);
            return CompletableFuture.completedFuture(null);
        }
    }
}
