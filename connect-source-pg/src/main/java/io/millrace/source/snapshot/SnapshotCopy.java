package io.millrace.source.snapshot;

import io.millrace.source.batch.RecordBatches;
import io.millrace.source.position.StoredOffsets;
import io.millrace.source.position.TableProgress;
import io.millrace.source.position.Tally;
import io.millrace.source.record.TableSchemas;
import io.millrace.source.snapshot.ChunkClaims.Claim;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One task's share of the initial copy under one lease: claims chunks that nobody has, reads them, and waits until
 * Connect has committed every chunk of every table, whoever read it. Rows of a chunk and its progress go under the same
 * source partition, so progress is never stored before its rows. Runs in the task's reading thread.
 */
public final class SnapshotCopy {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotCopy.class);
    private static final String UNDEFINED_COLUMN = "42703";
    private static final long WAIT_MILLIS = 200;
    private static final String CHANGED = "was emptied, rewritten or replaced since the snapshot";

    private final CopySettings settings;
    private final SnapshotLease lease;
    private final List<Piece> pieces;
    private final StoredOffsets stored;
    private final TableSchemas schemas;
    private final CopyManifests manifests;
    private final RecordBatches out;
    private final HeldClaims claims;
    private final TableLock lock;
    private final HollowChunks hollow;
    private final Committed committed;
    private final KeylessTables keyless;
    private final LaneProgress mine;
    private final Map<Claim, Tally> tallies = new HashMap<>();
    private @Nullable CopyWatch watch;

    /**
     * @param pieces what is still to be copied from this lease's snapshot
     * @param mine what this task has handed over, from this lease or another
     */
    public SnapshotCopy(
            CopySettings settings,
            SnapshotLease lease,
            List<Piece> pieces,
            LaneProgress mine,
            StoredOffsets stored,
            TableSchemas schemas,
            CopyManifests manifests,
            RecordBatches out) {
        this.settings = settings;
        this.lease = lease;
        this.pieces = List.copyOf(pieces);
        this.mine = mine;
        this.stored = stored;
        this.schemas = schemas;
        this.manifests = manifests;
        this.out = out;
        this.committed = new Committed(settings, lease.generation(), this.pieces, stored, manifests);
        this.keyless = new KeylessTables(settings);
        this.claims = new HeldClaims(settings, new ChunkClaims(lease.connection(), settings.mirror()), committed);
        this.lock = new TableLock(lease.connection(), settings.yieldsToDdl());
        this.hollow = new HollowChunks(lease.connection(), lock);
    }

    /**
     * Returns when all of it is committed.
     *
     * @return what could not be read from this snapshot, as it was emptied, rewritten or replaced since
     */
    public Set<Piece> run() throws SQLException, InterruptedException {
        try (CopyWatch watching = new CopyWatch(lease.connection(), lease.database())) {
            watch = watching;
            watching.end();
            return copy();
        }
    }

    private Set<Piece> copy() throws SQLException, InterruptedException {
        resume();
        while (true) {
            refresh();
            List<Piece> unfinished = committed.unfinished();
            if (unfinished.isEmpty()) {
                return committed.voided();
            }
            List<Claim> claimed = claim(unfinished);
            if (claimed.isEmpty() || !read(claimed)) {
                countHollow(unfinished);
                Thread.sleep(WAIT_MILLIS);
                // What another task was to read may be void too.
                for (Piece changed : lock.changed(unfinished)) {
                    voids(changed, CHANGED);
                }
            }
        }
    }

    /** Takes up what this lane had stored of this snapshot, to add to it. */
    private void resume() {
        Map<String, TableProgress> own = stored.lane(Committed.names(pieces), settings.lane());
        for (Piece piece : pieces) {
            TableProgress progress = own.get(piece.stored().toString());
            if (progress != null) {
                // What a chunk has emitted before is told together with the rest of it, by whoever reads it all.
                boolean earlier =
                        mine.resume(piece, lease.generation(), manifests.on() ? progress.withoutBegun() : progress);
                if (earlier) {
                    keyless.interrupted(piece);
                }
            }
        }
    }

    /** Reads what is committed; gives up the claims of chunks that are. */
    private void refresh() throws SQLException, InterruptedException {
        List<Piece> refreshed = committed.refresh();
        for (Piece piece : keyless.doubled(refreshed, committed, lease.generation())) {
            voids(piece, KeylessTables.WHY);
        }
        committed.tell(refreshed);
        claims.settle();
    }

    /** Stored, as this task may be the only one that can find out: the others wait for chunks that it alone may read. */
    private void voids(Piece piece, String why) throws InterruptedException {
        if (committed.giveUp(piece, why)) {
            TableProgress progress = mine.of(piece, lease.generation()).asVoid();
            mine.put(piece, progress);
            String table = piece.stored().toString();
            Map<String, String> partition = TableProgress.partition(settings.server(), table, settings.lane());
            manifests.voided(piece.stored(), partition, ChunkPosition.stored(piece.cut(), progress));
        }
    }

    /** Counts as copied what has no row: nobody else may have it in its plan. */
    private void countHollow(List<Piece> unfinished) throws SQLException, InterruptedException {
        if (settings.exactlyOnce()) {
            for (Claim claim : hollow.find(unfinished, committed::of)) {
                copied(claim);
            }
            out.flush();
        }
    }

    /** Chunks that nobody has read. */
    private List<Claim> claim(List<Piece> unfinished) throws SQLException, InterruptedException {
        List<Claim> claimed = claims.more(unfinished);
        if (!claimed.isEmpty()) {
            // Whoever held these before has committed them or has not read them: only now is that known.
            refresh();
        }
        return claimed.stream().filter(claim -> !committed.contains(claim)).toList();
    }

    /** False when none of it could be read now. */
    private boolean read(List<Claim> claimed) throws SQLException, InterruptedException {
        List<Claim> whole = new ArrayList<>();
        for (Claim claim : claimed) {
            TableLock.Result result = take(claim);
            if (result == TableLock.Result.LOCKED) {
                result = readPlanned(claim);
            }
            if (result == TableLock.Result.LOCKED) {
                whole.add(claim);
                if (!manifests.on()) {
                    copied(claim);
                }
                continue;
            }
            if (result == TableLock.Result.VOID) {
                voids(claim.piece(), CHANGED);
            }
            claims.leave(claim, result == TableLock.Result.BUSY);
        }
        if (manifests.on()) {
            // Only now is it known where the rows lie.
            out.awaitAcknowledged();
            for (Claim claim : whole) {
                copied(claim);
            }
        }
        out.flush();
        return !whole.isEmpty();
    }

    private TableLock.Result take(Claim claim) throws SQLException, InterruptedException {
        Piece piece = claim.piece();
        TableProgress own = mine.of(piece, lease.generation());
        if (keyless.sent(claim, committed, own, committed.rows(claim, own))) {
            voids(piece, KeylessTables.WHY);
        }
        return committed.voided().contains(piece) ? TableLock.Result.VOID : lock.take(piece);
    }

    /** Every row of a chunk is on its way. */
    private void copied(Claim claim) throws InterruptedException {
        Piece piece = claim.piece();
        TableProgress after =
                mine.of(piece, lease.generation()).with(claim.chunk(), tallies.getOrDefault(claim, Tally.NONE));
        mine.put(piece, after);
        tallies.remove(claim);
        manifests.copied(
                piece.table().id(),
                piece.stored(),
                lease.generation(),
                TableProgress.partition(settings.server(), piece.stored().toString(), settings.lane()),
                ChunkPosition.stored(piece.cut(), after));
    }

    /** A column that was dropped or renamed since the snapshot shows only when it is read. */
    private TableLock.Result readPlanned(Claim claim) throws SQLException, InterruptedException {
        try {
            read(claim);
            return TableLock.Result.LOCKED;
        } catch (SQLException e) {
            if (!UNDEFINED_COLUMN.equals(e.getSQLState())) {
                throw e;
            }
            lock.release();
            return TableLock.Result.VOID;
        }
    }

    private void read(Claim claim) throws SQLException, InterruptedException {
        Piece piece = claim.piece();
        String table = piece.stored().toString();
        Map<String, String> partition = TableProgress.partition(settings.server(), table, settings.lane());
        TableProgress before = mine.of(piece, lease.generation());
        ChunkReader reader = new ChunkReader(piece, schemas);
        ChunkPosition position =
                new ChunkPosition(before, piece.cut(), reader.keys(), claim.chunk(), committed.rows(claim, before));
        long start = System.nanoTime();
        CopyWatch watching = Objects.requireNonNull(watch);
        Tally read;
        try {
            String generation = manifests.begin(
                    piece.table().id(), lease.generation(), partition, ChunkPosition.stored(piece.cut(), before));
            read = reader.read(
                    lease.connection(), lease.generation(), generation, position, watching.begin(), partition, out);
        } catch (SQLException e) {
            throw watching.explained(e);
        } finally {
            watching.end();
            mine.put(piece, position.progress());
        }
        tallies.put(claim, read);
        LOG.debug(
                "Copied chunk {} of {} of {}: {} rows in {} ms",
                claim.chunk() + 1,
                piece.chunks(),
                table,
                read.rows(),
                (System.nanoTime() - start) / 1_000_000);
    }
}
