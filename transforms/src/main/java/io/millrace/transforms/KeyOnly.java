package io.millrace.transforms;

import io.millrace.core.Filler;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

/**
 * Tells whether the {@code before} of a delete holds more than the key. Without REPLICA IDENTITY FULL Postgres sends the
 * key alone; Debezium then puts null into optional fields and a {@link Filler} into required ones. A whole row that happens to consist of nothing else looks the same: where that matters,
 * say replica.identity=full.
 */
final class KeyOnly {
    private KeyOnly() {}

    static boolean test(Struct before, Set<String> key) {
        if (key.isEmpty()) {
            return false;
        }
        for (Field field : before.schema().fields()) {
            if (!isKept(field.name(), key) && !Filler.is(field.schema(), before.getWithoutDefault(field.name()))) {
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
                        isKept(column.getKey(), key) || column.getValue() == null || Filler.isEmpty(column.getValue()));
    }
}
