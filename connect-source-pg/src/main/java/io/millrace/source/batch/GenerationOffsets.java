package io.millrace.source.batch;

import io.millrace.core.Headers;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Where the rows of the generation at hand have come to lie, as Connect's producer says. Safe for several threads: one
 * begins generations and asks, others acknowledge.
 */
public final class GenerationOffsets {
    private volatile @Nullable String generation;
    private long acknowledged;
    private final Map<TopicPartition, Long> last = new HashMap<>();
    private final Map<String, Followed> followed = new ConcurrentHashMap<>();

    private record Followed(String generation, Map<TopicPartition, Long> last) {}

    /** From now on rows of this generation count in this topic, before any transform, whatever else is begun. */
    public void follow(String topic, String id) {
        followed.put(topic, new Followed(id, new ConcurrentHashMap<>()));
    }

    /** Where the last acknowledged row lies in each partition. */
    public Map<TopicPartition, Long> followed(String topic) {
        Followed rows = followed.get(topic);
        return rows == null ? Map.of() : Map.copyOf(rows.last);
    }

    /** From now on these rows count, and no others. */
    public synchronized void begin(String id) {
        generation = id;
        acknowledged = 0;
        last.clear();
    }

    public synchronized void end() {
        generation = null;
    }

    /** A record is in its topic, or dropped on purpose: {@code metadata} is null then. */
    public void acknowledged(SourceRecord record, @Nullable RecordMetadata metadata) {
        String counted = generation;
        if (counted == null && followed.isEmpty()) {
            return;
        }
        Header header = record.headers().lastWithName(Headers.GENERATION);
        Followed rows = header == null ? null : followed.get(record.topic());
        if (rows != null && rows.generation.equals(header.value()) && metadata != null && metadata.hasOffset()) {
            rows.last.merge(new TopicPartition(metadata.topic(), metadata.partition()), metadata.offset(), Math::max);
        }
        if (counted != null && header != null && counted.equals(header.value())) {
            add(counted, metadata);
        }
    }

    private synchronized void add(String counted, @Nullable RecordMetadata metadata) {
        if (!counted.equals(generation)) {
            return;
        }
        acknowledged++;
        if (metadata != null && metadata.hasOffset()) {
            last.merge(new TopicPartition(metadata.topic(), metadata.partition()), metadata.offset(), Math::max);
        }
    }

    /** The last offset in each partition; null while fewer rows than these are acknowledged. */
    public synchronized @Nullable Map<TopicPartition, Long> of(long rows) {
        return acknowledged < rows ? null : Map.copyOf(last);
    }
}
