package io.millrace.sink.destination;

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
}
