package io.millrace.transforms;

import java.util.Map;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** What a record is to a transform. Decided by structure, since a router before us may have renamed the schema. */
enum Shape {
    /** Debezium's envelope: before, after, source, op. */
    ENVELOPE,
    /** The row itself, as ExtractNewRecordState or another connector writes it. */
    ROW,
    /** No value at all. */
    TOMBSTONE,
    /** Heartbeats, schema changes, transaction metadata, messages, progress: no row of a table, passed on untouched. */
    OTHER;

    static Shape of(ConnectRecord<?> record) {
        if (isInternal(record.topic())) {
            return OTHER;
        }
        Object value = record.value();
        if (value == null) {
            return TOMBSTONE;
        }
        if (value instanceof Struct struct) {
            return of(struct.schema());
        }
        if (value instanceof Map<?, ?> map) {
            return isEnvelope(map) ? ENVELOPE : ROW;
        }
        return OTHER;
    }

    private static Shape of(Schema schema) {
        Field source = schema.field("source");
        if (source != null
                && source.schema().type() == Schema.Type.STRUCT
                && source.schema().field("table") != null
                && schema.field("op") != null
                && schema.field("after") != null) {
            return ENVELOPE;
        }
        String name = schema.name();
        return name != null && (name.startsWith("io.debezium.") || name.startsWith("io.millrace.")) ? OTHER : ROW;
    }

    private static boolean isEnvelope(Map<?, ?> map) {
        return map.containsKey("op")
                && map.containsKey("after")
                && map.get("source") instanceof Map<?, ?> source
                && source.containsKey("table");
    }

    private static boolean isInternal(@Nullable String topic) {
        return topic != null && topic.startsWith("__");
    }
}
