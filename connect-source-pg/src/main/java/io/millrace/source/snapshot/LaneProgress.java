package io.millrace.source.snapshot;

import io.millrace.source.position.TableProgress;
import java.util.HashMap;
import java.util.Map;

/**
 * What one task (a lane) has handed over of each relation. It is ahead of what Connect has stored, and it outlives a
 * lost session: a task that connects again goes on from here, so that what it stores never steps back. Not thread-safe.
 */
public final class LaneProgress {
    private final Map<String, TableProgress> tables = new HashMap<>();

    /**
     * Takes up what an earlier life of the task has stored, unless this one has come further.
     *
     * @return whether it was taken up: what that life had on its way besides is not known
     */
    boolean resume(Piece piece, long generation, TableProgress stored) {
        TableProgress known = tables.get(piece.stored().toString());
        boolean takes = stored.isOf(generation, piece.cut().id())
                && (known == null || !known.isOf(generation, piece.cut().id()));
        if (takes) {
            put(piece, stored);
        }
        return takes;
    }

    /** None of it, when what is known is of another snapshot. */
    TableProgress of(Piece piece, long generation) {
        TableProgress known = tables.get(piece.stored().toString());
        return known != null && known.isOf(generation, piece.cut().id())
                ? known
                : new TableProgress(
                        generation,
                        piece.cut().id(),
                        piece.chunks(),
                        piece.cut().kept());
    }

    void put(Piece piece, TableProgress progress) {
        tables.put(piece.stored().toString(), progress);
    }
}
