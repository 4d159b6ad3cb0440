package io.millrace.source.window;

import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;

/**
 * The copies' state behind one row of a range: whoever goes on from it repeats no row. A view of what is there anyway; it
 * becomes entries only when Connect stores it, which it does for one in thousands.
 */
final class RowOffset extends AbstractMap<String, Object> {
    private final CopyState before;
    private final CopyRequest request;
    private final Chunk.Row row;
    private final String shape;
    private final long rows;

    /** @param rows how many of the range have been emitted, this one included */
    RowOffset(CopyState before, CopyRequest request, Chunk.Row row, String shape, long rows) {
        this.before = before;
        this.request = request;
        this.row = row;
        this.shape = shape;
        this.rows = rows;
    }

    @Override
    public Set<Map.Entry<String, Object>> entrySet() {
        return before.advanced(request.upTo(row.position(), shape, rows))
                .offset()
                .entrySet();
    }
}
