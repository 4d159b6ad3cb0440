package io.millrace.source.snapshot;

import io.millrace.source.batch.Handoff;
import io.millrace.source.batch.RecordBatches;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.position.TableProgress;
import io.millrace.source.record.TableSchemas;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;

/** A table as the initial copy reads it. */
public final class SnapshotRows {
    private SnapshotRows() {}

    public static List<SourceRecord> read(Connection session, CatalogTable table, TableSchemas schemas)
            throws SQLException, InterruptedException {
        Handoff handoff = new Handoff(Long.MAX_VALUE, 1);
        RecordBatches out = new RecordBatches(handoff, 1000, Long.MAX_VALUE, false);
        Piece piece = new Piece(table, table.id(), table.oid(), new Cut.Blocks(1, 1, 1));
        TableProgress none = new TableProgress(0, 1, 1, new BitSet());
        new ChunkReader(piece, schemas)
                .read(
                        session,
                        0,
                        null,
                        new ChunkPosition(none, piece.cut(), null, 0, 0),
                        new CopyWatch.Place(),
                        Map.of(),
                        out);
        out.flush();
        List<SourceRecord> records = new ArrayList<>();
        for (List<SourceRecord> batch = handoff.poll(0); batch != null; batch = handoff.poll(0)) {
            records.addAll(batch);
        }
        return records;
    }
}
