package io.millrace.source.snapshot;

import io.millrace.source.batch.RecordBatches;
import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.position.Tally;
import io.millrace.source.record.KeyOrder;
import io.millrace.source.record.TableSchema;
import io.millrace.source.record.TableSchemas;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Reads the chunks of one piece by COPY in binary form, to read events. Not thread-safe. */
final class ChunkReader {
    private final Piece piece;
    private final TableSchema schema;
    private final TableSchemas schemas;
    private final CopiedRows rows;

    ChunkReader(Piece piece, TableSchemas schemas) {
        List<CatalogColumn> columns = schemas.carried(piece.table());
        this.piece = piece;
        this.schemas = schemas;
        this.schema = schemas.of(piece.table().id(), columns, piece.table().key(), Set.of());
        this.rows = new CopiedRows(schema, columns);
    }

    /** The order of the keys that the table is cut by; null where it is cut by something else. */
    @Nullable
    KeyOrder keys() {
        return piece.cut() instanceof Cut.Ranges ranges && ranges.keyed() ? KeyOrder.of(schema, ranges.names()) : null;
    }

    /**
     * One chunk, from the position on, which moves with each record.
     *
     * @param generation what the rows say that they belong to; null for nothing
     * @param session inside the snapshot, with settings that give a chunk's rows the same order each time
     * @return how much the chunk has
     */
    Tally read(
            Connection session,
            long snapshotLsn,
            @Nullable String generation,
            ChunkPosition position,
            CopyWatch.Place place,
            Map<String, ?> partition,
            RecordBatches out)
            throws SQLException, InterruptedException {
        String condition = condition(piece.cut().condition(position.chunk()));
        String order = piece.cut().order();
        String query = "SELECT " + rows.selected() + " FROM ONLY "
                + piece.stored().quoted() + (condition.isEmpty() ? "" : " WHERE " + condition)
                + (order.isEmpty() ? "" : " ORDER BY " + order);
        Struct source = schemas.source().snapshot(schema.table(), snapshotLsn, System.currentTimeMillis() * 1000);
        long[] count = {0};
        long[] bytes = {0};
        long all = rows.read(session, query, (tuple, size) -> {
            place.came();
            bytes[0] += size;
            if (++count[0] > position.skipped()) {
                out.add(rows.event(partition, position::next, source, tuple, CopyManifests.headers(generation)), size);
            }
            place.next();
        });
        return new Tally(all, bytes[0]);
    }

    /** Only the rows that the stream carries as well. */
    private String condition(String chunk) {
        String carried = schemas.rows(piece.table().id());
        return carried == null ? chunk : chunk.isEmpty() ? "(" + carried + ")" : chunk + " AND (" + carried + ")";
    }
}
