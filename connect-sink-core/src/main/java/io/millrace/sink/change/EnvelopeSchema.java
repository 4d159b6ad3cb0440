package io.millrace.sink.change;

import io.millrace.sink.route.Router;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/** Where the parts of a Debezium envelope are, found once per schema. */
record EnvelopeSchema(
        Field operation,
        @Nullable Field before,
        @Nullable Field after,
        @Nullable Field source,
        @Nullable Field database,
        @Nullable Field schema,
        @Nullable Field table,
        @Nullable Field lsn,
        List<Field> sourceTimes,
        List<Field> times) {
    private static final long MILLIS = 1000L;

    /** The parts, or null when this is not the schema of an envelope. */
    static @Nullable EnvelopeSchema of(Schema value) {
        Field operation = value.field("op");
        Field after = value.field("after");
        Field before = value.field("before");
        boolean rows = isStruct(after) || isStruct(before);
        boolean named = value.name() != null && value.name().endsWith(".Envelope");
        if (operation == null
                || operation.schema().type() != Schema.Type.STRING
                || !(rows || named || isMessage(value))) {
            return null;
        }
        Field source = isStruct(value.field("source")) ? value.field("source") : null;
        Schema block = source == null ? null : source.schema();
        return new EnvelopeSchema(
                operation,
                isStruct(before) ? before : null,
                isStruct(after) ? after : null,
                source,
                field(block, "db", Schema.Type.STRING),
                field(block, "schema", Schema.Type.STRING),
                field(block, "table", Schema.Type.STRING),
                field(block, "lsn", Schema.Type.INT64),
                times(block),
                times(value));
    }

    Schema rowSchema() {
        Field row = after != null ? after : before;
        if (row == null) {
            throw new DataException("The envelope has neither \"before\" nor \"after\"");
        }
        return row.schema();
    }

    Router.Source source(@Nullable Struct block) {
        if (block == null) {
            return Router.Source.NONE;
        }
        return new Router.Source(text(block, database), text(block, schema), text(block, table));
    }

    @Nullable
    Struct block(Struct envelope) {
        return source == null ? null : (Struct) envelope.get(source);
    }

    @Nullable
    Long lsn(@Nullable Struct block) {
        return block == null || lsn == null ? null : (Long) block.get(lsn);
    }

    /** The commit's time in microseconds: the source block's finest clock, else the envelope's, else {@code otherwise}. */
    long micros(Struct envelope, @Nullable Struct block, long otherwise) {
        long found = block == null ? -1 : firstTime(block, sourceTimes);
        if (found < 0) {
            found = firstTime(envelope, times);
        }
        return found < 0 ? otherwise : found;
    }

    private static long firstTime(Struct struct, List<Field> fields) {
        for (Field field : fields) {
            Object value = struct.get(field);
            if (value instanceof Long time) {
                return field.name().equals("ts_us") ? time : time * MILLIS;
            }
        }
        return -1;
    }

    private static List<Field> times(@Nullable Schema schema) {
        Field micros = field(schema, "ts_us", Schema.Type.INT64);
        Field millis = field(schema, "ts_ms", Schema.Type.INT64);
        return java.util.stream.Stream.of(micros, millis)
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    private static boolean isMessage(Schema value) {
        return isStruct(value.field("message")) && isStruct(value.field("source"));
    }

    private static boolean isStruct(@Nullable Field field) {
        return field != null && field.schema().type() == Schema.Type.STRUCT;
    }

    private static @Nullable Field field(@Nullable Schema schema, String name, Schema.Type type) {
        Field field = schema == null ? null : schema.field(name);
        return field != null && field.schema().type() == type ? field : null;
    }

    private static @Nullable String text(Struct block, @Nullable Field field) {
        return field == null ? null : (String) block.get(field);
    }
}
