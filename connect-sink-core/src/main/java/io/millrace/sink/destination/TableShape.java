package io.millrace.sink.destination;

import io.millrace.core.TableIndex;
import java.util.List;

/**
 * A table as the records want it.
 *
 * @param key names of the key's columns, all among {@code columns}; empty for a table that is only appended to
 * @param indexes that the table has in the source beside its primary key, as far as the source tells them
 */
public record TableShape(
        TableId table,
        List<SourceColumn> columns,
        List<String> key,
        Bookkeeping bookkeeping,
        List<TableIndex> indexes) {
    public TableShape {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        indexes = List.copyOf(indexes);
    }

    /** Nothing is told of indexes. */
    public TableShape(TableId table, List<SourceColumn> columns, List<String> key, Bookkeeping bookkeeping) {
        this(table, columns, key, bookkeeping, List.of());
    }
}
