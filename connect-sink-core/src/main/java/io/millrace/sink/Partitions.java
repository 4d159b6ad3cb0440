package io.millrace.sink;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.LastRecord;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.fold.TableBuffer;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The partitions that a task has, and the tables that each feeds. */
final class Partitions {
    private static final Logger LOG = LoggerFactory.getLogger(Partitions.class);

    private final SinkSettings.LedgerMissing missing;
    private final Parked parked;
    private final Map<TopicPartition, PartitionState> states = new HashMap<>();
    private final Map<Integer, PartitionState> numbered = new HashMap<>();
    private final Map<Feed, Long> unknown = new HashMap<>();
    private int numbers;
    private @Nullable PartitionState last;

    /** The last feed that was noted: asked for every record. */
    private @Nullable PartitionState fedBy;

    private @Nullable TableId fed;

    Partitions(SinkSettings.LedgerMissing missing, Parked parked) {
        this.missing = missing;
        this.parked = parked;
    }

    void open(Collection<TopicPartition> opened) {
        for (TopicPartition partition : opened) {
            // Buffers hold the number in 16 bits; numbers of closed partitions are used again.
            while (numbered.containsKey(numbers)) {
                numbers = (numbers + 1) & 0x7fff;
            }
            PartitionState state = new PartitionState(partition, numbers, missing, LOG::warn);
            states.put(partition, state);
            numbered.put(numbers, state);
        }
        last = null;
    }

    void close(Collection<TopicPartition> closed) {
        fedBy = null;
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
        fedBy = null;
        unknown.keySet().removeIf(feed -> feed.partition().equals(partition));
        PartitionState state = Objects.requireNonNull(states.get(partition));
        state.claimed(claims);
        claims.forEach((table, claim) -> {
            if (parked.contains(table)) {
                state.hold(table, claim.next());
                state.claims().put(table, claim.settled());
            }
        });
        return state;
    }

    void delivered() {
        states.values().forEach(PartitionState::delivered);
    }

    /** Notes that a partition feeds a table; {@code offset} is the first that does if the ledger does not know it. */
    void feeds(PartitionState partition, TableId table, long offset) {
        if (partition == fedBy && table == fed) {
            return;
        }
        fedBy = partition;
        fed = table;
        if (!partition.claims().containsKey(table)) {
            unknown.putIfAbsent(new Feed(table, partition.partition()), offset);
        }
    }

    /** Tables that wait. */
    Set<TableId> waiting() {
        return parked.tables();
    }

    /** Of those, tables that no whole copy is to replace. */
    Set<TableId> kept() {
        return parked.kept();
    }

    /** Lets a table's changes wait from where the ledger has it; what is buffered of them has been dropped. {@code kept} as {@link Parked#add}. */
    void park(TableId table, String reason, boolean kept) {
        parked.add(table, reason, kept);
        hold(table);
    }

    /** The same until {@link #resume}. */
    void suspend(TableId table, String reason) {
        parked.suspend(table, reason);
        hold(table);
    }

    /**
     * Takes up tables that were suspended.
     *
     * @return where consumption has to go for that
     */
    Map<TopicPartition, Long> resume(Set<TableId> tables) {
        fedBy = null;
        Map<TopicPartition, Long> seeks = new HashMap<>();
        for (TableId table : tables) {
            parked.resume(table);
            states.values().forEach(state -> state.resume(table));
        }
        for (PartitionState state : states.values()) {
            long seek = state.seekTo();
            if (seek >= 0) {
                seeks.put(state.partition(), seek);
            }
        }
        return seeks;
    }

    /** The wait of a table that was suspended is over. */
    void ended(TableId table) {
        parked.ended(table);
    }

    private void hold(TableId table) {
        for (PartitionState state : states.values()) {
            Claim claim = state.claims().get(table);
            if (claim != null) {
                state.hold(table, claim.next());
                state.claims().put(table, claim.settled());
            }
        }
        unknown.forEach((feed, offset) -> {
            PartitionState state = states.get(feed.partition());
            if (state != null && feed.table().equals(table)) {
                state.hold(table, offset);
            }
        });
    }

    /** Whether the table waits; then the change at this offset does, unless the target has it. */
    boolean hold(PartitionState partition, TableId table, long offset) {
        if (!parked.contains(table)) {
            return false;
        }
        Claim claim = partition.claims().get(table);
        if (claim == null || offset >= claim.next()) {
            partition.hold(table, offset);
            feeds(partition, table, offset);
        }
        return true;
    }

    /**
     * The moves of a partition's feeds to where it has been read. All of them move, so that a restart skips nothing; not
     * those of tables that wait, which the ledger only gets to know.
     */
    void advance(PartitionState partition, List<Advance> advances, Map<Feed, Flush.Start> starts) {
        long to = partition.takenUpTo();
        LastRecord fingerprint = Objects.requireNonNull(partition.last());
        for (Map.Entry<TableId, Claim> entry : partition.claims().entrySet()) {
            Claim claim = entry.getValue();
            if (claim.next() < to && claim.intent() <= to && !parked.contains(entry.getKey())) {
                Feed feed = new Feed(entry.getKey(), partition.partition());
                advances.add(new Advance(feed, claim.next(), to, claim.epoch(), fingerprint));
                entry.setValue(new Claim(to, claim.epoch(), fingerprint));
            }
        }
        unknown.forEach((feed, from) -> {
            if (feed.partition().equals(partition.partition())) {
                boolean waits = parked.contains(feed.table());
                starts.put(feed, new Flush.Start(from, waits ? from : to, waits ? null : fingerprint));
            }
        });
    }

    /** Whether the buffer has to wait for the end of a range that was begun. */
    boolean isMidway(TableBuffer buffer) {
        PartitionState state = buffer.source() == null ? null : states.get(buffer.source());
        return state != null && state.isMidway(buffer.table());
    }

    void applied(FlushResult.Done done) {
        fedBy = null;
        done.begun().forEach((feed, claim) -> {
            PartitionState state = states.get(feed.partition());
            Flush.Start start = done.flush().starts().get(feed);
            if (state != null && start != null) {
                long next = done.isLeft(feed.table()) ? start.from() : start.to();
                state.claims().put(feed.table(), new Claim(next, claim.epoch(), start.last()));
            }
            unknown.remove(feed);
        });
        for (Advance advance : done.flush().advances()) {
            PartitionState state = states.get(advance.feed().partition());
            TableId table = advance.feed().table();
            if (state != null && done.isLeft(table)) {
                state.claims().put(table, new Claim(advance.from(), advance.epoch(), null));
            }
        }
        done.flush().upTo().forEach((partition, next) -> {
            PartitionState state = states.get(partition);
            // Without a ledger row the group's offset must not move: it would look like a lost ledger.
            if (state != null && !state.claims().isEmpty()) {
                state.durable(next);
            } else if (state != null) {
                state.passed(next);
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
