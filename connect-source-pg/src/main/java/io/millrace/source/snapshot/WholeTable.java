package io.millrace.source.snapshot;

import io.millrace.source.position.TableProgress;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * A table of which every chunk is copied.
 *
 * @param rows how many it has in the snapshot
 * @param doubled whether two tasks have told the rows of one chunk, of a table without a key: the claim of the first was
 *     lost with its session. Then nothing tells the rows of the one from those of the other
 */
public record WholeTable(long rows, boolean doubled) {
    /**
     * @param pieces all of the table's
     * @param progress what the lanes have stored, by the piece's relation
     */
    public static WholeTable of(Collection<Piece> pieces, Map<String, List<TableProgress>> progress, long generation) {
        long rows = 0;
        boolean doubled = false;
        for (Piece piece : pieces) {
            List<TableProgress> lanes = progress.getOrDefault(piece.stored().toString(), List.of());
            rows += TableProgress.tally(lanes, generation).rows();
            doubled |= isDoubled(piece, lanes, generation);
        }
        return new WholeTable(rows, doubled);
    }

    static boolean isDoubled(Piece piece, Collection<TableProgress> lanes, long generation) {
        return piece.table().key().isEmpty()
                && TableProgress.toldTwice(lanes, generation, piece.cut().id());
    }
}
