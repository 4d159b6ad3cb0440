package io.millrace.source.record;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.jspecify.annotations.Nullable;

/**
 * What Debezium puts into {@code before} for a column that the replica identity leaves out: NULL where the schema
 * allows it, else the column's default, else the type's zero.
 */
final class Absent {
    private Absent() {}

    static @Nullable Object value(Schema schema) {
        if (schema.isOptional()) {
            return null;
        }
        return schema.defaultValue() != null ? schema.defaultValue() : zero(schema);
    }

    private static @Nullable Object zero(Schema schema) {
        String name = schema.name();
        if (Decimal.LOGICAL_NAME.equals(name)) {
            String scale = schema.parameters().get(Decimal.SCALE_FIELD);
            return BigDecimal.ZERO.setScale(scale == null ? 0 : Integer.parseInt(scale));
        }
        if (Date.LOGICAL_NAME.equals(name) || Time.LOGICAL_NAME.equals(name) || Timestamp.LOGICAL_NAME.equals(name)) {
            return new java.util.Date(0);
        }
        return switch (schema.type()) {
            case INT8 -> (byte) 0;
            case INT16 -> (short) 0;
            case INT32 -> 0;
            case INT64 -> 0L;
            case FLOAT32 -> 0f;
            case FLOAT64 -> 0d;
            case BOOLEAN -> false;
            case STRING -> "";
            case BYTES -> ByteBuffer.wrap(new byte[0]);
            case ARRAY -> List.of();
            case MAP -> Map.of();
            case STRUCT -> struct(schema);
        };
    }

    private static Struct struct(Schema schema) {
        Struct struct = new Struct(schema);
        schema.fields().forEach(field -> struct.put(field, value(field.schema())));
        return struct;
    }
}
