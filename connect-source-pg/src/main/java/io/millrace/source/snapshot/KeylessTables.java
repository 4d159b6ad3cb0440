package io.millrace.source.snapshot;

import io.millrace.source.catalog.TableId;
import io.millrace.source.position.TableProgress;
import io.millrace.source.snapshot.ChunkClaims.Claim;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Tables without a key that are told as generations, of which a chunk may be in the topic twice in one generation: nothing
 * tells the rows of the one reading from those of the other. They are given up, and copied as another generation.
 *
 * <p>That is known of a table that an earlier life of this task had begun, whatever it had on its way when it ended; of a
 * chunk of which another task has stored rows and whose claim is free all the same; and of a chunk that two tasks have
 * told. Not known is what a task had sent that ended before Connect stored anything of it: that a sink has to count. Used by one thread.
 */
final class KeylessTables {
    static final String WHY =
            "has no key, and rows of it may be in the topic twice, as a task ended in the middle of them";

    private final boolean on;
    private final Set<TableId> interrupted = new HashSet<>();

    KeylessTables(CopySettings settings) {
        this.on = settings.keylessAnew();
    }

    private boolean concerns(Piece piece) {
        return on && piece.table().key().isEmpty();
    }

    /** An earlier life of this task had begun with it. */
    void interrupted(Piece piece) {
        if (concerns(piece)) {
            interrupted.add(piece.table().id());
        }
    }

    /** Of these pieces those that may be in the topic twice. */
    Set<Piece> doubled(Collection<Piece> pieces, Committed committed, long generation) {
        Set<Piece> doubled = new LinkedHashSet<>();
        for (Piece piece : pieces) {
            if (concerns(piece)
                    && (interrupted.contains(piece.table().id())
                            || WholeTable.isDoubled(piece, committed.progress(piece), generation))) {
                doubled.add(piece);
            }
        }
        return doubled;
    }

    /**
     * Whether rows of a chunk that is about to be read are in the topic by another reading.
     *
     * @param own what this task has handed over
     * @param skipped how many of the chunk's rows will not be sent again, as this task has sent them
     */
    boolean sent(Claim claim, Committed committed, TableProgress own, long skipped) {
        Piece piece = claim.piece();
        if (!concerns(piece)) {
            return false;
        }
        long mine = own.begun().getOrDefault(claim.chunk(), 0L);
        return mine > skipped
                || mine == 0
                        && TableProgress.rows(
                                        committed.progress(piece),
                                        own.generation(),
                                        piece.cut().id(),
                                        claim.chunk())
                                > 0;
    }
}
