package io.millrace.source.snapshot;

import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.TableId;
import io.millrace.source.position.CutBy;
import io.millrace.source.position.StoredOffsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes on with tables as they were cut when their copy began. A configuration that would cut them otherwise holds for
 * those that were not begun: half of one cut and half of another would repeat rows and miss others.
 */
public final class BegunCuts {
    private static final Logger LOG = LoggerFactory.getLogger(BegunCuts.class);

    private final StoredOffsets stored;
    private @Nullable String told;

    public BegunCuts(StoredOffsets stored) {
        this.stored = stored;
    }

    /**
     * The share with the cuts that its tables were begun with.
     *
     * @param settings what the share was cut by
     * @param slotLsn where this copy's stream will begin: what was copied from older snapshots belongs to another copy
     */
    public Snapshots.Share of(Snapshots.Share share, CopySettings settings, long slotLsn) throws SQLException {
        Map<String, CutBy> begun = begun(share.pieces(), settings.lanes(), slotLsn);
        Set<CatalogTable> others = new LinkedHashSet<>();
        Set<String> names = new LinkedHashSet<>();
        for (Piece piece : share.pieces()) {
            CutBy by = begun.get(piece.stored().toString());
            if (by != null && !by.equals(piece.cut().by()) && has(piece.table(), by.column())) {
                others.add(piece.table());
                names.add(piece.stored() + ": " + by);
            }
        }
        if (others.isEmpty()) {
            return share;
        }
        if (!names.toString().equals(told)) {
            told = names.toString();
            LOG.warn(
                    "snapshot.rows.per.partition or snapshot.partition.key is not what it was when these tables' copy"
                            + " began; until its end they go on as they were cut: {}",
                    names);
        }
        Map<TableId, Piece> again = CopyPlan.pieces(
                        share.lease().connection(),
                        List.copyOf(others),
                        (table, relation) -> begun.getOrDefault(relation.toString(), settings.cutBy(table)))
                .stream()
                .collect(Collectors.toMap(Piece::stored, Function.identity()));
        List<Piece> pieces = new ArrayList<>(share.pieces().size());
        for (Piece piece : share.pieces()) {
            pieces.add(again.getOrDefault(piece.stored(), piece));
        }
        return new Snapshots.Share(share.lease(), pieces);
    }

    private static boolean has(CatalogTable table, String column) {
        return column.isEmpty()
                || table.columns().stream().anyMatch(one -> one.name().equals(column));
    }

    /** By the youngest snapshot that a lane has copied from. */
    private Map<String, CutBy> begun(List<Piece> pieces, int laneCount, long slotLsn) {
        List<String> names =
                pieces.stream().map(piece -> piece.stored().toString()).toList();
        Map<String, CutBy> begun = new HashMap<>();
        stored.copied(names, laneCount).forEach((table, lanes) -> {
            long latest = slotLsn;
            for (StoredOffsets.Lane lane : lanes) {
                long generation = lane.progress().generation();
                CutBy by = lane.by();
                boolean younger = Long.compareUnsigned(generation, latest) > 0;
                if (by != null && (younger || generation == latest && !begun.containsKey(table))) {
                    latest = generation;
                    begun.put(table, by);
                }
            }
        });
        return begun;
    }
}
