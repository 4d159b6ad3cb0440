package io.millrace.source.snapshot;

import io.millrace.source.snapshot.ChunkClaims.Claim;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Finds the chunks at pieces' ends that have no row of the snapshot. A table that grows while the tasks plan has more chunks
 * for those that plan last, and where only one task may read a chunk that may be one whose own plan does not have it. What
 * has no row needs nobody to read it. Not thread-safe.
 */
final class HollowChunks {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Connection session;
    private final TableLock lock;
    private final Set<Claim> solid = new HashSet<>();
    private final Set<Claim> told = new HashSet<>();
    private long lookedNanos = System.nanoTime() - PAUSE_NANOS;

    /** @param session inside the snapshot */
    HollowChunks(Connection session, TableLock lock) {
        this.session = session;
        this.lock = lock;
    }

    /**
     * Each once. For a task that has nothing to read and waits for others; looks not more than once a second.
     *
     * @param copied the chunks of a piece that need no look
     */
    List<Claim> find(List<Piece> unfinished, Function<Piece, BitSet> copied) throws SQLException {
        List<Claim> hollow = new ArrayList<>();
        if (System.nanoTime() - lookedNanos < PAUSE_NANOS) {
            return hollow;
        }
        for (Piece piece : unfinished) {
            // Other cuts are the same in every plan.
            if (piece.cut() instanceof Cut.Blocks) {
                find(piece, copied.apply(piece), hollow);
            }
        }
        lock.release();
        lookedNanos = System.nanoTime();
        return hollow;
    }

    private void find(Piece piece, BitSet copied, List<Claim> hollow) throws SQLException {
        // A chunk that has a row is in every plan, and so are those before it.
        for (int chunk = piece.chunks() - 1; chunk > 0; chunk--) {
            Claim claim = new Claim(piece, chunk);
            if (solid.contains(claim)) {
                return;
            }
            if (!copied.get(chunk) && !told.contains(claim)) {
                if (lock.take(piece) != TableLock.Result.LOCKED) {
                    return;
                }
                if (hasRows(claim)) {
                    solid.add(claim);
                    return;
                }
                told.add(claim);
                hollow.add(claim);
            }
        }
    }

    private boolean hasRows(Claim claim) throws SQLException {
        Piece piece = claim.piece();
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("SELECT EXISTS (SELECT FROM ONLY "
                        + piece.stored().quoted() + " WHERE " + piece.cut().condition(claim.chunk()) + ")")) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
