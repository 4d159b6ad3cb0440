package io.millrace.source;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Database;
import io.millrace.source.position.StoredOffsets;
import io.millrace.source.position.TableProgress;
import io.millrace.source.snapshot.CopyPlan;
import io.millrace.source.snapshot.CopySettings;
import io.millrace.source.snapshot.Piece;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Up to where the stream repeats what copied rows have already seen: the LSN of the snapshot that a table was copied
 * from, where that is younger than the slot because the first snapshot was lost.
 */
final class ReplayWindow {
    private ReplayWindow() {}

    /** By {@code schema.table}; nothing when no lane has stored progress. */
    static Map<String, Long> read(Database database, StoredOffsets stored, CopySettings settings, int lanes)
            throws SQLException {
        if (lanes == 0) {
            return Map.of();
        }
        try (Connection connection = database.connect("millrace")) {
            List<CatalogTable> tables = new Catalog(connection).tables(settings.filter(), settings.viaRoot());
            List<Piece> pieces = CopyPlan.pieces(connection, tables, settings.rowsPerPartition());
            Map<String, List<TableProgress>> progress = stored.progress(
                    pieces.stream().map(piece -> piece.stored().toString()).toList(), lanes);
            Map<String, Long> until = new HashMap<>();
            for (Piece piece : pieces) {
                Long generation = TableProgress.finished(
                        progress.getOrDefault(piece.stored().toString(), List.of()));
                if (generation != null) {
                    until.merge(
                            piece.table().id().toString(),
                            generation,
                            (a, b) -> Long.compareUnsigned(a, b) >= 0 ? a : b);
                }
            }
            return until;
        }
    }
}
