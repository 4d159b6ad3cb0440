package io.millrace.source.snapshot;

import io.millrace.source.batch.RecordBatches;
import io.millrace.source.position.StoredOffsets;
import io.millrace.source.position.TableProgress;
import io.millrace.source.record.ControlRecords;
import io.millrace.source.record.TableSchemas;
import io.millrace.source.snapshot.ChunkClaims.Claim;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One task's share of the initial copy under one lease: claims chunks that nobody has, reads them, and waits until
 * Connect has committed every chunk of every table, whoever read it. Rows of a chunk and its progress go under the same
 * source partition, so progress is never stored before its rows. Runs in the task's reading thread.
 */
public final class SnapshotCopy {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotCopy.class);
    private static final long WAIT_MILLIS = 200;
    private static final int MOST_CLAIMS = 64;
    private static final int MOST_CANDIDATES = 1000;

    private final CopySettings settings;
    private final SnapshotLease lease;
    private final List<Piece> pieces;
    private final StoredOffsets stored;
    private final TableSchemas schemas;
    private final ControlRecords control;
    private final RecordBatches out;
    private final ChunkClaims claims;
    private final Map<String, BitSet> done = new HashMap<>();
    private final Map<String, BitSet> mine = new HashMap<>();
    private final Set<Claim> held = new HashSet<>();
    private boolean placed;

    /** @param pieces what is still to be copied from this lease's snapshot */
    public SnapshotCopy(
            CopySettings settings,
            SnapshotLease lease,
            List<Piece> pieces,
            StoredOffsets stored,
            TableSchemas schemas,
            ControlRecords control,
            RecordBatches out) {
        this.settings = settings;
        this.lease = lease;
        this.pieces = List.copyOf(pieces);
        this.stored = stored;
        this.schemas = schemas;
        this.control = control;
        this.out = out;
        this.claims = new ChunkClaims(lease.connection(), settings.mirror());
    }

    /** Returns when all of it is committed. */
    public void run() throws SQLException, InterruptedException {
        resume();
        while (true) {
            refresh();
            List<Piece> unfinished = unfinished();
            if (unfinished.isEmpty()) {
                return;
            }
            List<Claim> claimed = claim(unfinished);
            if (claimed.isEmpty()) {
                Thread.sleep(WAIT_MILLIS);
            } else {
                read(claimed);
            }
        }
    }

    /** Takes up what this lane had stored of this snapshot, to add to it. */
    private void resume() {
        Map<String, TableProgress> own = stored.lane(names(pieces), settings.lane());
        for (Piece piece : pieces) {
            TableProgress progress = own.get(piece.stored().toString());
            if (progress != null
                    && progress.generation() == lease.generation()
                    && progress.blocks() == piece.blocksPerChunk()) {
                mine.put(piece.stored().toString(), (BitSet) progress.done().clone());
            }
        }
    }

    /** Reads what is committed; gives up the claims of chunks that are. */
    private void refresh() throws SQLException {
        List<Piece> unfinished = unfinished();
        Map<String, List<TableProgress>> progress = stored.progress(names(unfinished), settings.lanes());
        for (Piece piece : unfinished) {
            String table = piece.stored().toString();
            List<TableProgress> lanes = progress.getOrDefault(table, List.of());
            done.put(table, TableProgress.done(lanes, lease.generation(), piece.blocksPerChunk()));
        }
        List<Claim> committed = new ArrayList<>();
        for (Claim claim : held) {
            if (isDone(claim)) {
                committed.add(claim);
            }
        }
        claims.release(committed);
        committed.forEach(held::remove);
    }

    private List<Piece> unfinished() {
        return pieces.stream()
                .filter(piece -> doneOf(piece).nextClearBit(0) < piece.chunks())
                .toList();
    }

    /** Small tables are claimed many at a time: about as many rows as half a chunk has. */
    private List<Claim> claim(List<Piece> unfinished) throws SQLException {
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
        if (!claimed.isEmpty()) {
            // Whoever held these before has committed them or has not read them: only now is that known.
            refresh();
        }
        return claimed.stream().filter(claim -> !isDone(claim)).toList();
    }

    /** Chunks that are neither committed nor held here; each lane begins at another place, so that it has few ranges. */
    private List<Claim> free(List<Piece> unfinished) {
        List<Claim> free = new ArrayList<>();
        for (Piece piece : unfinished) {
            BitSet copied = doneOf(piece);
            int start = (int) ((long) piece.chunks() * settings.lane() / settings.lanes());
            for (int i = 0; i < piece.chunks() && free.size() < MOST_CANDIDATES; i++) {
                int chunk = (start + i) % piece.chunks();
                Claim claim = new Claim(piece, chunk);
                if (!copied.get(chunk) && !held.contains(claim)) {
                    free.add(claim);
                }
            }
        }
        return free;
    }

    private void read(List<Claim> claimed) throws SQLException, InterruptedException {
        for (Claim claim : claimed) {
            Piece piece = claim.piece();
            String table = piece.stored().toString();
            Map<String, String> partition = TableProgress.partition(settings.server(), table, settings.lane());
            BitSet before = mine.computeIfAbsent(table, ignored -> new BitSet());
            Map<String, Object> offset = progress(piece, before);
            long start = System.nanoTime();
            long rows = new ChunkReader(piece, schemas)
                    .read(lease.connection(), lease.generation(), claim.chunk(), partition, offset, out);
            before.set(claim.chunk());
            Map<String, Object> after = progress(piece, before);
            out.add(control.control(partition, after, "chunk", table), 0);
            LOG.debug(
                    "Copied chunk {} of {} of {}: {} rows in {} ms",
                    claim.chunk() + 1,
                    piece.chunks(),
                    table,
                    rows,
                    (System.nanoTime() - start) / 1_000_000);
        }
        out.flush();
    }

    private Map<String, Object> progress(Piece piece, BitSet chunks) {
        return new TableProgress(lease.generation(), piece.blocksPerChunk(), piece.chunks(), (BitSet) chunks.clone())
                .offset();
    }

    private boolean isDone(Claim claim) {
        return doneOf(claim.piece()).get(claim.chunk());
    }

    private BitSet doneOf(Piece piece) {
        return done.computeIfAbsent(piece.stored().toString(), ignored -> new BitSet());
    }

    private static List<String> names(List<Piece> pieces) {
        return pieces.stream().map(piece -> piece.stored().toString()).toList();
    }
}
