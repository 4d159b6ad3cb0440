package io.millrace.core;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * What Debezium's converters put where a value is not known and NULL may not be: the column's default, or zero, an empty
 * text and the like. A value that happens to be one of these looks the same.
 */
public final class Filler {
    private static final Set<String> TEXTS =
            Set.of("", "{}", "0", "P0Y0M0DT0H0M0S", "00:00:00Z", "00:00Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00Z");

    private Filler() {}

    /** Whether this may stand for a value that is not known; null always does. */
    public static boolean is(Schema schema, @Nullable Object value) {
        if (value == null) {
            return true;
        }
        if (schema.isOptional()) {
            return false;
        }
        return value.equals(schema.defaultValue()) || isEmpty(value);
    }

    /** The same of a required column without a default. */
    public static boolean isEmpty(Object value) {
        if (value instanceof Number number) {
            return number.doubleValue() == 0;
        }
        if (value instanceof String text) {
            return TEXTS.contains(text);
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
            return struct.schema().fields().stream().allMatch(field -> is(field.schema(), struct.get(field)));
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
