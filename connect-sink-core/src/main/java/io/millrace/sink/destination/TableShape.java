package io.millrace.sink.destination;

import java.util.List;

/**
 * A table as the records want it.
 *
 * @param key names of the key's columns, all among {@code columns}; empty for a table that is only appended to
 */
public record TableShape(TableId table, List<SourceColumn> columns, List<String> key, Bookkeeping bookkeeping) {
    public TableShape {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }
}
