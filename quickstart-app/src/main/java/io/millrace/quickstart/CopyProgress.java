package io.millrace.quickstart;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * How far each topic is: records that the source has written, and records that the sink has committed, which it does
 * when they are durable in the target. Cheaper than counting rows, and exact for a copy into new topics.
 */
final class CopyProgress implements AutoCloseable {
    private final Admin admin;
    private final String group;

    CopyProgress(String bootstrapServers, String sink) {
        admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        group = "connect-" + sink;
    }

    record Counts(long inKafka, long inTarget) {}

    /** By topic; a topic that does not exist yet counts nothing. */
    Map<String, Counts> read(List<String> topics) throws InterruptedException {
        try {
            Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
            var existing = admin.listTopics().names().get();
            var known = topics.stream().filter(existing::contains).toList();
            admin.describeTopics(known).allTopicNames().get().forEach((topic, description) -> description
                    .partitions()
                    .forEach(partition ->
                            wanted.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest())));
            var ends = admin.listOffsets(wanted).all().get();
            var committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            Map<String, Counts> counts = new HashMap<>();
            topics.forEach(topic -> counts.put(topic, new Counts(0, 0)));
            ends.forEach((partition, end) -> {
                var offset = committed.get(partition);
                long applied = offset == null ? 0 : offset.offset();
                counts.merge(
                        partition.topic(),
                        new Counts(end.offset(), applied),
                        (a, b) -> new Counts(a.inKafka + b.inKafka, a.inTarget + b.inTarget));
            });
            return counts;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Map.of();
            }
            throw new IllegalStateException("Asking the broker for offsets failed: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
