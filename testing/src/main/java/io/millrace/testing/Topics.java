package io.millrace.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Topics of a broker: create, delete, and read from the beginning. Not for several threads. */
public final class Topics implements AutoCloseable {
    private final String bootstrapServers;
    private final Admin admin;

    public Topics(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    public void create(String topic, int partitions) {
        create(topic, partitions, Map.of());
    }

    public void create(String topic, int partitions, Map<String, String> configuration) {
        var wanted = new NewTopic(topic, partitions, (short) 1).configs(configuration);
        get(admin.createTopics(List.of(wanted)).all());
    }

    public void delete(String... topics) {
        get(admin.deleteTopics(List.of(topics)).all());
        Await.until("topics are gone", () -> {
            Set<String> left = names();
            return List.of(topics).stream().noneMatch(left::contains);
        });
    }

    /** Without internal ones. */
    public Set<String> names() {
        return get(admin.listTopics().names());
    }

    /** The sum of the end offsets of a topic's partitions: records written, also those compacted since; 0 if absent. */
    public long endOffset(String topic) {
        if (!names().contains(topic)) {
            return 0;
        }
        var latest = new HashMap<TopicPartition, OffsetSpec>();
        for (var partition : get(admin.describeTopics(List.of(topic)).allTopicNames())
                .values()
                .iterator()
                .next()
                .partitions()) {
            latest.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest());
        }
        return get(admin.listOffsets(latest).all()).values().stream()
                .mapToLong(end -> end.offset())
                .sum();
    }

    /**
     * Reads a topic from the beginning until {@code count} records are there or the time is over, in the order of each
     * partition. The caller asserts on the size: fewer than asked for is no error here, and neither is a topic that
     * appears later. Only committed records of transactions are seen.
     */
    public List<ConsumerRecord<byte[], byte[]>> read(String topic, int count, Duration timeout) {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        long deadline = System.nanoTime() + timeout.toNanos();
        try (var consumer = consumer()) {
            var partitions = partitions(consumer, topic);
            while (partitions.isEmpty() && System.nanoTime() < deadline) {
                Await.pause(Duration.ofMillis(50));
                partitions = partitions(consumer, topic);
            }
            if (partitions.isEmpty()) {
                return records;
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (records.size() < count && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    /** All that a topic holds now. */
    public List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        if (!names().contains(topic)) {
            return records;
        }
        try (var consumer = consumer()) {
            var partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        var found = consumer.listTopics().getOrDefault(topic, List.of());
        return found.stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(String.valueOf(e.getCause()), e.getCause());
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
