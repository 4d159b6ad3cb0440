package io.millrace.source.window;

import java.util.List;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * What was read of a range.
 *
 * @param mark all that the rows show commits before this LSN
 * @param last the key up to which the range was read; null when that is its end
 */
record Chunk(List<Row> rows, long mark, Visibility visibility, @Nullable List<String> last) {
    /**
     * @param position the texts of its key; empty where the table is not read by key
     * @param size bytes as the source sent them
     */
    record Row(RowKey id, List<String> position, @Nullable Struct key, Struct value, int size) {}
}
