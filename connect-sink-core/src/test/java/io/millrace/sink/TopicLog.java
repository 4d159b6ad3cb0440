package io.millrace.sink;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** Topics as a consumer sees them: records by partition and offset. */
public final class TopicLog {
    private final Map<TopicPartition, List<SinkRecord>> partitions = new java.util.LinkedHashMap<>();
    private final TreeMap<String, Integer> targets = new TreeMap<>();
    private final Map<TopicPartition, Long> begins = new java.util.HashMap<>();
    private long clock = 1_700_000_000_000L;

    public List<TopicPartition> partitions() {
        return List.copyOf(partitions.keySet());
    }

    public List<SinkRecord> records(TopicPartition partition) {
        return partitions.getOrDefault(partition, List.of());
    }

    /** The first offset that retention has left. */
    long begin(TopicPartition partition) {
        return begins.getOrDefault(partition, 0L);
    }

    /** Retention removes what is before an offset. */
    public TopicLog expire(TopicPartition partition, long offset) {
        begins.put(partition, offset);
        return this;
    }

    /** Deletes a topic and makes it again, empty. */
    public TopicLog recreate(String topic) {
        partitions.forEach((partition, records) -> {
            if (partition.topic().equals(topic)) {
                records.clear();
            }
        });
        return this;
    }

    /** Makes a partition without records. */
    public TopicLog partition(String topic, int partition) {
        partitions.computeIfAbsent(new TopicPartition(topic, partition), each -> new ArrayList<>());
        return this;
    }

    /** The partition that the next records of a topic go to. */
    public TopicLog writeTo(String topic, int partition) {
        targets.put(topic, partition);
        return this;
    }

    public TopicLog insert(SourceTable table, @Nullable Object... values) {
        return envelope(table, "c", null, table.row(values), table.keyOf(values), null);
    }

    public TopicLog snapshot(SourceTable table, @Nullable Object... values) {
        return envelope(table, "r", null, table.row(values), table.keyOf(values), null);
    }

    public TopicLog update(SourceTable table, @Nullable Object... values) {
        return envelope(table, "u", null, table.row(values), table.keyOf(values), null);
    }

    /** An update that carries a header, for example {@code millrace.replay}. */
    public TopicLog updateMarked(SourceTable table, String header, @Nullable Object... values) {
        return envelope(
                table,
                "u",
                null,
                table.row(values),
                table.keyOf(values),
                new ConnectHeaders().addBoolean(header, true));
    }

    /** A delete that knows the key only, with its tombstone. */
    public TopicLog delete(SourceTable table, @Nullable Object... values) {
        envelope(table, "d", table.before(values), null, table.keyOf(values), null);
        return tombstone(table, values);
    }

    /** A delete under REPLICA IDENTITY FULL. */
    public TopicLog deleteFull(SourceTable table, @Nullable Object... values) {
        return envelope(table, "d", table.row(values), null, table.keyOf(values), null);
    }

    public TopicLog truncate(SourceTable table) {
        return envelope(table, "t", null, null, null, null);
    }

    public TopicLog tombstone(SourceTable table, @Nullable Object... values) {
        return add(table.topic(), table.keySchema(), table.keyOf(values), null, null, null);
    }

    /** A row without an envelope. */
    public TopicLog flat(SourceTable table, @Nullable Object... values) {
        return add(table.topic(), table.keySchema(), table.keyOf(values), table.rowSchema(), table.row(values), null);
    }

    private TopicLog envelope(
            SourceTable table,
            String op,
            @Nullable Struct before,
            @Nullable Struct after,
            @Nullable Struct key,
            @Nullable Headers headers) {
        long lsn = clock - 1_700_000_000_000L + 1000;
        return add(
                table.topic(),
                key == null ? null : table.keySchema(),
                key,
                table.envelopeSchema(),
                table.envelope(op, before, after, lsn),
                headers);
    }

    public TopicLog add(
            String topic,
            @Nullable Schema keySchema,
            @Nullable Object key,
            @Nullable Schema valueSchema,
            @Nullable Object value,
            @Nullable Headers headers) {
        int number = targets.getOrDefault(topic, 0);
        List<SinkRecord> log = partitions.computeIfAbsent(new TopicPartition(topic, number), each -> new ArrayList<>());
        log.add(new SinkRecord(
                topic,
                number,
                keySchema,
                key,
                valueSchema,
                value,
                log.size(),
                clock++,
                TimestampType.CREATE_TIME,
                headers));
        return this;
    }
}
