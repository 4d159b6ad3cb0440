package io.millrace.source.record;

import java.time.Clock;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records that exist to carry a source offset: Connect stores an offset only with a record that reached its topic. They
 * go to topics of their own, heartbeats in Debezium's format.
 */
public final class ControlRecords {
    private static final Schema CONTROL = SchemaBuilder.struct()
            .name("io.millrace.Control")
            .version(1)
            .field("what", Schema.STRING_SCHEMA)
            .field("table", Schema.OPTIONAL_STRING_SCHEMA)
            .field("ts_ms", Schema.INT64_SCHEMA)
            .build();
    private static final Schema HEARTBEAT_KEY = SchemaBuilder.struct()
            .name("io.debezium.connector.common.ServerNameKey")
            .version(1)
            .field("serverName", Schema.STRING_SCHEMA)
            .build();
    private static final Schema HEARTBEAT = SchemaBuilder.struct()
            .name("io.debezium.connector.common.Heartbeat")
            .version(1)
            .field("ts_ms", Schema.INT64_SCHEMA)
            .build();

    /** The word for a chunk that is done. */
    private static final String CHUNK = "chunk";

    private final TopicNames topics;
    private final Clock clock;

    public ControlRecords(TopicNames topics) {
        this(topics, Clock.systemUTC());
    }

    /** @param clock of this machine, which decides nothing */
    public ControlRecords(TopicNames topics, Clock clock) {
        this.topics = topics;
        this.clock = clock;
    }

    /** Microseconds of the epoch, to stamp offsets and records with. */
    public long micros() {
        return clock.millis() * 1000;
    }

    /**
     * @param offset null to have Connect delete what it stores for the partition
     * @param what snapshot, copied, chunk, void, settled, stream, signals or spent, among others
     */
    public SourceRecord control(Map<String, ?> partition, @Nullable Map<String, ?> offset, String what, String table) {
        Struct value = new Struct(CONTROL)
                .put("what", what)
                .put("table", table.isEmpty() ? null : table)
                .put("ts_ms", clock.millis());
        return new SourceRecord(
                partition, offset, topics.control(), null, Schema.STRING_SCHEMA, topics.prefix(), CONTROL, value);
    }

    /** Whether a record says that a chunk of the initial copy is done. */
    public static boolean isChunk(SourceRecord record) {
        return record.valueSchema() == CONTROL && CHUNK.equals(((Struct) record.value()).getString("what"));
    }

    public SourceRecord heartbeat(Map<String, ?> partition, Map<String, ?> offset) {
        return new SourceRecord(
                partition,
                offset,
                topics.heartbeat(),
                0,
                HEARTBEAT_KEY,
                new Struct(HEARTBEAT_KEY).put("serverName", topics.prefix()),
                HEARTBEAT,
                new Struct(HEARTBEAT).put("ts_ms", clock.millis()));
    }
}
