package io.millrace.sink.destination;

import io.millrace.core.TableIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

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
 * @param indexes what the source tells of the table's indexes
 */
public record Batch(
        TableId table,
        List<Column> columns,
        List<String> key,
        List<int[]> layouts,
        Bookkeeping bookkeeping,
        Rows rows,
        Counts counts,
        boolean truncateFirst,
        List<TableIndex> indexes) {
    public Batch {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        layouts = List.copyOf(layouts);
        indexes = List.copyOf(indexes);
    }

    /** Nothing is told of indexes. */
    public Batch(
            TableId table,
            List<Column> columns,
            List<String> key,
            List<int[]> layouts,
            Bookkeeping bookkeeping,
            Rows rows,
            Counts counts,
            boolean truncateFirst) {
        this(table, columns, key, layouts, bookkeeping, rows, counts, truncateFirst, List.of());
    }

    /** Whether all rows are whole ones with all columns: then nothing has to be said of each. */
    public boolean isPlain() {
        return layouts.size() == 1 && counts.upserts() == rows.count() && bookkeeping.softDelete() == null;
    }

    /** The layouts of the rows of one kind, which is a bit of {@link Row}. */
    public SortedSet<Integer> layoutsOf(int kind) {
        SortedSet<Integer> used = new TreeSet<>();
        try {
            rows.forEach((bits, layout, bytes, offset, length, micros) -> {
                if ((bits & kind) != 0) {
                    used.add(layout);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return used;
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

        /** The partition (its name as before any transformation) of all rows; null where they may be of several. */
        @Nullable
        TopicPartition partition();

        /** The Kafka offset of the last change in a row, by its place in the batch. */
        long offset(int ordinal);

        void forEach(Visitor visitor) throws IOException;
    }

    /** Called for each row with its fields: for each column of the layout, four bytes of length (-1: NULL), then data. */
    public interface Visitor {
        /**
         * @param kind bits of {@link Row}
         * @param layout index into {@link Batch#layouts()}
         * @param micros when the source deleted the row, microseconds since 1970, for deleted rows
         */
        void row(int kind, int layout, byte[] bytes, int offset, int length, long micros) throws IOException;
    }
}
