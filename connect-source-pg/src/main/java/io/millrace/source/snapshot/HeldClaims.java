package io.millrace.source.snapshot;

import io.millrace.source.snapshot.ChunkClaims.Claim;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The chunks that one task has claimed, and which it claims next. Used by one thread. */
final class HeldClaims {
    private static final long BUSY_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int MOST_CLAIMS = 64;
    private static final int MOST_CANDIDATES = 1000;

    private final CopySettings settings;
    private final ChunkClaims claims;
    private final Committed committed;
    private final Map<Piece, Long> busySince = new HashMap<>();
    private final Set<Claim> held = new HashSet<>();
    private final Map<Piece, Integer> last = new HashMap<>();
    private boolean placed;

    HeldClaims(CopySettings settings, ChunkClaims claims, Committed committed) {
        this.settings = settings;
        this.claims = claims;
        this.committed = committed;
    }

    /**
     * Claims some that nobody has. Small tables are claimed many at a time: about as many rows as half a chunk has.
     *
     * @return none when there are none now, or no place to read them
     */
    List<Claim> more(List<Piece> unfinished) throws SQLException {
        if (!placed) {
            placed = claims.place(settings.places());
            if (!placed) {
                return List.of();
            }
        }
        List<Claim> free = free(unfinished);
        if (free.isEmpty()) {
            return free;
        }
        long most = settings.rowsPerPartition()
                / 2
                / Math.max(1, free.get(0).piece().rowsPerChunk());
        List<Claim> claimed = claims.claim(free, (int) Math.max(1, Math.min(MOST_CLAIMS, most)));
        held.addAll(claimed);
        claimed.forEach(claim -> last.put(claim.piece(), claim.chunk()));
        return claimed;
    }

    /** Gives up those that are committed. */
    void settle() throws SQLException {
        List<Claim> over = held.stream().filter(committed::contains).toList();
        claims.release(over);
        over.forEach(held::remove);
    }

    /** Gives one up that could not be read. @param busy whether the table may be read in a while */
    void leave(Claim claim, boolean busy) throws SQLException {
        if (busy) {
            busySince.put(claim.piece(), System.nanoTime());
        }
        claims.release(List.of(claim));
        held.remove(claim);
    }

    /** Chunks that are neither committed nor held here, see {@link ChunkOrder}. */
    private List<Claim> free(List<Piece> unfinished) {
        List<Claim> free = new ArrayList<>();
        for (Piece piece : unfinished) {
            if (isBusy(piece)) {
                continue;
            }
            BitSet copied = committed.of(piece);
            int start = start(piece, copied);
            for (int i = 0; i < piece.chunks() && free.size() < MOST_CANDIDATES; i++) {
                int chunk = (start + i) % piece.chunks();
                Claim claim = new Claim(piece, chunk);
                if (!copied.get(chunk) && !held.contains(claim) && mayRead(claim)) {
                    free.add(claim);
                }
            }
        }
        return free;
    }

    private int start(Piece piece, BitSet copied) {
        BitSet taken = (BitSet) copied.clone();
        held.stream().filter(claim -> claim.piece().equals(piece)).forEach(claim -> taken.set(claim.chunk()));
        int home = (int) ((long) piece.chunks() * settings.lane() / settings.lanes());
        return ChunkOrder.start(taken, piece.chunks(), last.getOrDefault(piece, -1), home);
    }

    private boolean isBusy(Piece piece) {
        Long since = busySince.get(piece);
        return since != null && System.nanoTime() - since < BUSY_NANOS;
    }

    /**
     * A claim ends with its session, which may be lost while rows are on their way that no other task knows of. Where
     * such a row must not come twice, only one task ever reads a chunk.
     */
    private boolean mayRead(Claim claim) {
        return !settings.exactlyOnce() || claim.piece().home(claim.chunk(), settings.tasks()) == settings.lane();
    }
}
