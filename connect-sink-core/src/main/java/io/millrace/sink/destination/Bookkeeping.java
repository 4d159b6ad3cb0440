package io.millrace.sink.destination;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Columns that the sink keeps beside the source's; null where one is not wanted.
 *
 * @param softDelete BOOLEAN: the row is deleted in the source
 * @param deletedAt TIMESTAMP WITH TIME ZONE: when it was
 * @param syncedAt TIMESTAMP WITH TIME ZONE: when the target last changed the row
 */
public record Bookkeeping(@Nullable String softDelete, @Nullable String deletedAt, @Nullable String syncedAt) {
    public static final Bookkeeping NONE = new Bookkeeping(null, null, null);

    /** The wanted columns with a value for each, as given: text of a statement, or a type. */
    public Map<String, String> values(String softDeleted, String deleted, String synced) {
        Map<String, String> values = new LinkedHashMap<>();
        put(softDelete, softDeleted, values);
        put(deletedAt, deleted, values);
        put(syncedAt, synced, values);
        return values;
    }

    private static void put(@Nullable String name, String value, Map<String, String> values) {
        if (name != null) {
            values.put(name, value);
        }
    }
}
