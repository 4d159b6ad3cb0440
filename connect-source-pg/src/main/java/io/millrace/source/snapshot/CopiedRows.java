package io.millrace.source.snapshot;

import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.Identifier;
import io.millrace.source.record.EnvelopeWriter;
import io.millrace.source.record.RowReader;
import io.millrace.source.record.TableSchema;
import io.millrace.source.record.Tuple;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Reads rows of one schema by COPY in binary form, to read events. For one thread. */
public final class CopiedRows {
    private final TableSchema schema;
    private final List<CatalogColumn> columns;
    private final boolean[] text;
    private final Tuple tuple = new Tuple();

    /** @param columns those of the schema, in its order */
    public CopiedRows(TableSchema schema, List<CatalogColumn> columns) {
        this.schema = schema;
        this.columns = List.copyOf(columns);
        this.text = new boolean[columns.size()];
        for (int i = 0; i < text.length; i++) {
            text[i] = !schema.binary(i);
        }
    }

    /** What takes a column that was selected behind those of the rows, before each row. */
    @FunctionalInterface
    public interface Beside {
        /** @param bytes that hold its binary form; none of them for a NULL */
        void value(byte[] bytes, int offset, int length) throws InterruptedException;
    }

    /** What takes the rows. */
    @FunctionalInterface
    public interface Rows {
        /**
         * @param tuple the row, good until this returns
         * @param size bytes as the server sent it
         */
        void row(Tuple tuple, int size) throws InterruptedException;
    }

    /** The columns as the query has to select them: as text where their binary form is not read. */
    public String selected() {
        return selected(columns, text);
    }

    static String selected(List<CatalogColumn> columns, boolean[] text) {
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < text.length; i++) {
            sql.append(i == 0 ? "" : ", ")
                    .append(Identifier.quoted(columns.get(i).name()));
            if (text[i]) {
                sql.append("::text");
            }
        }
        return sql.toString();
    }

    /**
     * Runs a query whose columns are {@link #selected}.
     *
     * @return how many rows it has
     */
    public long read(Connection session, String query, Rows into) throws SQLException, InterruptedException {
        return read(session, query, new CopyRows(text), into);
    }

    /**
     * Runs a query whose columns are {@link #selected} and one more.
     *
     * @return how many rows it has
     */
    public long read(Connection session, String query, Beside beside, Rows into)
            throws SQLException, InterruptedException {
        int width = text.length;
        return read(session, query, new CopyRows(Arrays.copyOf(text, width + 1)), (row, size) -> {
            beside.value(row.bytes(), row.offset(width), row.length(width));
            row.begin(row.bytes(), width);
            into.row(row, size);
        });
    }

    private long read(Connection session, String query, CopyRows rows, Rows into)
            throws SQLException, InterruptedException {
        CopyOut copy = session.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("COPY (" + query + ") TO STDOUT (FORMAT binary)");
        long count = 0;
        for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
            if (rows.read(message, tuple) == CopyRows.Found.ROW) {
                count++;
                into.row(tuple, message.length);
            }
        }
        return count;
    }

    /** The source offset of a row with this key, which is null in a table without one. */
    @FunctionalInterface
    interface Offset {
        Map<String, ?> of(@Nullable Struct key);
    }

    /** The read event of a row, for the schema's topic. */
    public SourceRecord event(
            Map<String, ?> partition,
            Map<String, ?> offset,
            Struct source,
            Tuple of,
            @Nullable ConnectHeaders headers) {
        return event(partition, offset, source, row(of), headers);
    }

    /** The row of a tuple. */
    public Struct row(Tuple of) {
        return RowReader.current(schema, of, null).values();
    }

    /** The read event of a row, for the schema's topic. */
    public SourceRecord event(
            Map<String, ?> partition,
            Map<String, ?> offset,
            Struct source,
            Struct row,
            @Nullable ConnectHeaders headers) {
        return event(partition, (Offset) key -> offset, source, row, headers);
    }

    SourceRecord event(
            Map<String, ?> partition, Offset offset, Struct source, Tuple of, @Nullable ConnectHeaders headers) {
        return event(partition, offset, source, row(of), headers);
    }

    private SourceRecord event(
            Map<String, ?> partition, Offset offset, Struct source, Struct row, @Nullable ConnectHeaders headers) {
        @Nullable Struct key = schema.keyOf(row);
        return new SourceRecord(
                partition,
                offset.of(key),
                schema.topic(),
                null,
                schema.key(),
                key,
                schema.envelope().schema(),
                schema.envelope().write(EnvelopeWriter.READ, null, row, source),
                null,
                headers);
    }
}
