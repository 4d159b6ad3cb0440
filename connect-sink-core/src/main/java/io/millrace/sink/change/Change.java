package io.millrace.sink.change;

import io.millrace.sink.destination.TableId;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * One change of one row. Values stay in the record's structs until they are encoded.
 *
 * @param schema the columns that this change brings, and where their values are
 * @param key the record's key: a struct or, for flat rows, a primitive
 * @param row the row's values; null when only the key is known
 * @param lsn the source's log position, null where it has none
 * @param micros when the source committed, microseconds since 1970
 * @param skippable a partial update that finds no row is no error: the source says that the row is gone by now
 */
public record Change(
        TableId table,
        Operation operation,
        RowSchema schema,
        @Nullable Object key,
        @Nullable Struct row,
        @Nullable Long lsn,
        long micros,
        boolean skippable) {}
