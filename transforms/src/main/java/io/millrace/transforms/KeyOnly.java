package io.millrace.transforms;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether the {@code before} of a delete holds more than the key. Without REPLICA IDENTITY FULL Postgres sends the
 * key alone; Debezium then puts null into optional fields and a filler (the column's default, or zero, an empty text and
 * the like) into required ones. A whole row that happens to consist of nothing else looks the same: where that matters,
 * say replica.identity=full.
 */
final class KeyOnly {
    private static final Set<String> FILLER_TEXTS =
            Set.of("", "{}", "0", "P0Y0M0DT0H0M0S", "00:00:00Z", "00:00Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00Z");

    private KeyOnly() {}

    static boolean test(Struct before, Set<String> key) {
        if (key.isEmpty()) {
            return false;
        }
        for (Field field : before.schema().fields()) {
            if (!isKept(field.name(), key) && !isFiller(field.schema(), before.getWithoutDefault(field.name()))) {
                return false;
            }
        }
        return true;
    }

    /** What a row of the key alone says: the key, and what ExtractNewRecordState adds about the event (__op and so on). */
    static boolean isKept(String column, Set<?> key) {
        return key.contains(column) || column.startsWith("__");
    }

    /** Without a schema every empty value may be a filler. */
    static boolean test(Map<String, Object> before, Set<?> key) {
        return before.entrySet().stream()
                .allMatch(column ->
                        isKept(column.getKey(), key) || column.getValue() == null || isEmpty(column.getValue()));
    }

    private static boolean isFiller(Schema schema, @Nullable Object value) {
        if (value == null) {
            return true;
        }
        if (schema.isOptional()) {
            return false;
        }
        return value.equals(schema.defaultValue()) || isEmpty(value);
    }

    private static boolean isEmpty(Object value) {
        if (value instanceof Number number) {
            return number.doubleValue() == 0;
        }
        if (value instanceof String text) {
            return FILLER_TEXTS.contains(text);
        }
        if (value instanceof Date date) {
            return date.getTime() == 0;
        }
        if (value instanceof ByteBuffer bytes) {
            return isZero(bytes.duplicate());
        }
        if (value instanceof byte[] bytes) {
            return isZero(ByteBuffer.wrap(bytes));
        }
        if (value instanceof Collection<?> elements) {
            return elements.isEmpty();
        }
        if (value instanceof Map<?, ?> entries) {
            return entries.isEmpty();
        }
        if (value instanceof Struct struct) {
            return struct.schema().fields().stream().allMatch(field -> isFiller(field.schema(), struct.get(field)));
        }
        return Boolean.FALSE.equals(value);
    }

    private static boolean isZero(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            if (bytes.get() != 0) {
                return false;
            }
        }
        return true;
    }
}
