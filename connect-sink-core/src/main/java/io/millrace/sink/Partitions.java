package io.millrace.sink;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.LastRecord;
import io.millrace.sink.destination.TableId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** The partitions that a task has, and the tables that each feeds. */
final class Partitions {
    private final SinkSettings.LedgerMissing missing;
    private final Map<TopicPartition, PartitionState> states = new HashMap<>();
    private final Map<Integer, PartitionState> numbered = new HashMap<>();
    private final Map<Feed, Long> unknown = new HashMap<>();
    private int numbers;
    private @Nullable PartitionState last;

    Partitions(SinkSettings.LedgerMissing missing) {
        this.missing = missing;
    }

    void open(Collection<TopicPartition> opened) {
        for (TopicPartition partition : opened) {
            // Buffers hold the number in 16 bits; numbers of closed partitions are used again.
            while (numbered.containsKey(numbers)) {
                numbers = (numbers + 1) & 0x7fff;
            }
            PartitionState state = new PartitionState(partition, numbers, missing);
            states.put(partition, state);
            numbered.put(numbers, state);
        }
        last = null;
    }

    void close(Collection<TopicPartition> closed) {
        for (TopicPartition partition : closed) {
            PartitionState state = states.remove(partition);
            if (state != null) {
                numbered.remove(state.number());
            }
            unknown.keySet().removeIf(feed -> feed.partition().equals(partition));
        }
        last = null;
    }

    boolean isEmpty() {
        return states.isEmpty();
    }

    Set<TopicPartition> assigned() {
        return Set.copyOf(states.keySet());
    }

    Collection<PartitionState> all() {
        return states.values();
    }

    @Nullable
    PartitionState numbered(int number) {
        return numbered.get(number);
    }

    PartitionState of(SinkRecord record) {
        PartitionState current = last;
        if (current != null
                && current.partition().partition() == record.originalKafkaPartition()
                && current.partition().topic().equals(record.originalTopic())) {
            return current;
        }
        TopicPartition key = new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
        PartitionState found = states.get(key);
        if (found == null) {
            throw new ConnectException("A record of " + key + " was delivered, which this task does not have");
        }
        last = found;
        return found;
    }

    /** Takes over what the ledger says of a partition. */
    PartitionState claimed(TopicPartition partition, Map<TableId, Claim> claims) {
        unknown.keySet().removeIf(feed -> feed.partition().equals(partition));
        PartitionState state = Objects.requireNonNull(states.get(partition));
        state.claimed(claims);
        return state;
    }

    void delivered() {
        states.values().forEach(PartitionState::delivered);
    }

    /** Notes that a partition feeds a table; {@code offset} is the first that does if the ledger does not know it. */
    void feeds(PartitionState partition, TableId table, long offset) {
        if (!partition.claims().containsKey(table)) {
            unknown.putIfAbsent(new Feed(table, partition.partition()), offset);
        }
    }

    /** The moves of a partition's feeds to where it has been read. All of them move, so that a restart skips nothing. */
    void advance(PartitionState partition, List<Advance> advances, Map<Feed, Flush.Start> starts) {
        long to = partition.takenUpTo();
        LastRecord fingerprint = Objects.requireNonNull(partition.last());
        for (Map.Entry<TableId, Claim> entry : partition.claims().entrySet()) {
            Claim claim = entry.getValue();
            if (claim.next() < to) {
                Feed feed = new Feed(entry.getKey(), partition.partition());
                advances.add(new Advance(feed, claim.next(), to, claim.epoch(), fingerprint));
                entry.setValue(new Claim(to, claim.epoch(), fingerprint));
            }
        }
        unknown.forEach((feed, from) -> {
            if (feed.partition().equals(partition.partition())) {
                starts.put(feed, new Flush.Start(from, to, fingerprint));
            }
        });
    }

    void applied(FlushResult.Done done) {
        done.begun().forEach((feed, claim) -> {
            PartitionState state = states.get(feed.partition());
            Flush.Start start = done.flush().starts().get(feed);
            if (state != null && start != null) {
                state.claims().put(feed.table(), new Claim(start.to(), claim.epoch(), start.last()));
            }
            unknown.remove(feed);
        });
        done.flush().upTo().forEach((partition, next) -> {
            PartitionState state = states.get(partition);
            // Without a ledger row the group's offset must not move: it would look like a lost ledger.
            if (state != null && !state.claims().isEmpty()) {
                state.durable(next);
            }
        });
    }

    Map<TopicPartition, OffsetAndMetadata> durable() {
        Map<TopicPartition, OffsetAndMetadata> durable = new HashMap<>();
        for (PartitionState state : states.values()) {
            if (state.durable() >= 0) {
                durable.put(state.partition(), new OffsetAndMetadata(state.durable()));
            }
        }
        return durable;
    }

    /** Whether this task has more than one partition of the topic, or one that is not its first. */
    boolean hasSeveral(String topic) {
        return states.keySet().stream().anyMatch(each -> each.topic().equals(topic) && each.partition() > 0);
    }
}
