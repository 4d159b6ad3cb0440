package io.millrace.source.snapshot;

import io.millrace.source.batch.RecordBatches;
import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.Identifier;
import io.millrace.source.record.EnvelopeWriter;
import io.millrace.source.record.RowReader;
import io.millrace.source.record.TableSchema;
import io.millrace.source.record.TableSchemas;
import io.millrace.source.record.Tuple;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Reads the chunks of one piece by COPY in binary form, to read events. Not thread-safe. */
final class ChunkReader {
    private final Piece piece;
    private final TableSchema schema;
    private final TableSchemas schemas;
    private final String select;
    private final boolean[] text;
    private final Tuple tuple = new Tuple();

    ChunkReader(Piece piece, TableSchemas schemas) {
        List<CatalogColumn> columns = schemas.carried(piece.table());
        this.piece = piece;
        this.schemas = schemas;
        this.schema = schemas.of(piece.table().id(), columns, piece.table().key(), Set.of());
        this.text = new boolean[columns.size()];
        for (int i = 0; i < text.length; i++) {
            text[i] = !schema.binary(i);
        }
        this.select = select(piece, columns, text);
    }

    static String select(Piece piece, List<CatalogColumn> columns, boolean[] text) {
        StringBuilder sql = new StringBuilder("SELECT ");
        for (int i = 0; i < text.length; i++) {
            sql.append(i == 0 ? "" : ", ")
                    .append(Identifier.quoted(columns.get(i).name()));
            if (text[i]) {
                sql.append("::text");
            }
        }
        return sql.append(" FROM ONLY ").append(piece.stored().quoted()).toString();
    }

    /**
     * One chunk. Every record carries the given partition and offset: the lane's progress before the chunk.
     *
     * @return how many rows it had
     */
    long read(
            Connection session,
            long snapshotLsn,
            int chunk,
            Map<String, ?> partition,
            Map<String, ?> offset,
            RecordBatches out)
            throws SQLException, InterruptedException {
        String condition = piece.condition(chunk);
        String query =
                "COPY (" + select + (condition.isEmpty() ? "" : " WHERE " + condition) + ") TO STDOUT (FORMAT binary)";
        Struct source = schemas.source().snapshot(schema.table(), snapshotLsn, System.currentTimeMillis() * 1000);
        CopyRows rows = new CopyRows(text);
        CopyOut copy = session.unwrap(PGConnection.class).getCopyAPI().copyOut(query);
        long count = 0;
        for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
            if (rows.read(message, tuple) == CopyRows.Found.ROW) {
                out.add(record(partition, offset, source), message.length);
                count++;
            }
        }
        return count;
    }

    private SourceRecord record(Map<String, ?> partition, Map<String, ?> offset, Struct source) {
        Struct row = RowReader.current(schema, tuple, null).values();
        @Nullable Struct key = schema.keyOf(row);
        return new SourceRecord(
                partition,
                offset,
                schema.topic(),
                null,
                schema.key(),
                key,
                schema.envelope().schema(),
                schema.envelope().write(EnvelopeWriter.READ, null, row, source));
    }
}
