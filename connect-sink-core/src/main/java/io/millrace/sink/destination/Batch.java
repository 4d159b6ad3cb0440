package io.millrace.sink.destination;

import java.util.List;

/**
 * The folded changes of one table: at most one row a key (append: any number), each in a layout.
 *
 * @param table where the rows go
 * @param columns the union of all layouts
 * @param key names of the key's columns; empty when rows are only appended
 * @param layouts each names the columns, by index into {@code columns}, that its rows hold, in the order of the fields
 * @param bookkeeping the sink's own columns
 * @param rows the rows, in the order of arrival of their last change
 * @param counts how many rows of each kind
 * @param truncateFirst empty the table before anything else
 */
public record Batch(
        TableId table,
        List<Column> columns,
        List<String> key,
        List<int[]> layouts,
        Bookkeeping bookkeeping,
        Rows rows,
        Counts counts,
        boolean truncateFirst) {
    public Batch {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        layouts = List.copyOf(layouts);
    }

    /** A column and how its values were encoded. */
    public record Column(SourceColumn source, Encoding encoding) {
        public String name() {
            return source.name();
        }
    }

    /** Rows by kind; {@code skippable} are the patches that may miss their row. */
    public record Counts(int upserts, int patches, int skippable, int deletes, int flags) {
        public int total() {
            return upserts + patches + deletes + flags;
        }
    }

    /** The rows can be read any number of times. */
    public interface Rows {
        int count();

        void forEach(Visitor visitor) throws java.io.IOException;
    }

    /** Called for each row with its fields: for each column of the layout, four bytes of length (-1: NULL), then data. */
    public interface Visitor {
        /**
         * @param kind bits of {@link Row}
         * @param layout index into {@link Batch#layouts()}
         * @param micros when the source deleted the row, microseconds since 1970, for deleted rows
         */
        void row(int kind, int layout, byte[] bytes, int offset, int length, long micros) throws java.io.IOException;
    }
}
