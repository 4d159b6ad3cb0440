package io.millrace.source;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Database;
import io.millrace.source.position.CutBy;
import io.millrace.source.position.KeptRanges;
import io.millrace.source.position.StoredOffsets;
import io.millrace.source.position.TableProgress;
import io.millrace.source.snapshot.CopyPlan;
import io.millrace.source.snapshot.CopySettings;
import io.millrace.source.snapshot.Piece;
import io.millrace.source.stream.EarlierEvents;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * What of the stream lies before the snapshots that tables were copied from, where these are younger than the slot because
 * the first snapshot was lost.
 */
final class ReplayWindow {
    private ReplayWindow() {}

    /** Nothing when no lane has stored progress. */
    static EarlierEvents read(Database database, StoredOffsets stored, CopySettings settings, int lanes)
            throws SQLException {
        EarlierEvents events = new EarlierEvents();
        if (lanes == 0) {
            return events;
        }
        try (Connection connection = database.connect("millrace")) {
            List<CatalogTable> tables = new Catalog(connection).tables(settings.filter(), settings.viaRoot());
            List<Piece> pieces = CopyPlan.pieces(
                    connection, tables, (table, relation) -> new CutBy(settings.rowsPerPartition(), ""));
            List<String> names =
                    pieces.stream().map(piece -> piece.stored().toString()).toList();
            Map<String, List<TableProgress>> progress = stored.progress(names, lanes);
            Map<String, KeptRanges> kept = stored.kept(names);
            for (Piece piece : pieces) {
                String name = piece.stored().toString();
                Long generation = TableProgress.finished(progress.getOrDefault(name, List.of()));
                KeptRanges ranges = kept.get(name);
                if (generation == null) {
                    continue;
                }
                if (ranges != null && ranges.exact() && ranges.generation() == generation) {
                    events.shown(piece.table().id(), ranges);
                } else {
                    events.repeated(piece.table().id(), generation);
                }
            }
        }
        return events;
    }
}
