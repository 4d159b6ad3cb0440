package io.millrace.source.position;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a table's copy is cut by. It is stored with the progress: chunks of another cut are other chunks, so what was begun
 * goes on as it was cut, whatever the configuration says by then.
 *
 * @param rows about so many in each chunk
 * @param column whose ranges the chunks are; empty for ranges of blocks
 */
public record CutBy(int rows, String column) {
    private static final String ROWS = "cut_rows";
    private static final String COLUMN = "cut_column";

    /** The offset of a lane that copies chunks of this cut. */
    public Map<String, Object> with(Map<String, Object> progress) {
        Map<String, Object> offset = new LinkedHashMap<>(progress);
        offset.put(ROWS, (long) rows);
        offset.put(COLUMN, column);
        return offset;
    }

    /** Null for an offset that does not say it. */
    static @Nullable CutBy of(Map<String, ?> offset) {
        return offset.get(ROWS) instanceof Number rows && offset.get(COLUMN) instanceof String column
                ? new CutBy(rows.intValue(), column)
                : null;
    }

    @Override
    public String toString() {
        return "about " + rows + " rows " + (column.isEmpty() ? "by blocks" : "by ranges of " + column);
    }
}
