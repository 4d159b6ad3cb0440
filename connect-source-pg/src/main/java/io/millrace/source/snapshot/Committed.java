package io.millrace.source.snapshot;

import io.millrace.source.catalog.TableId;
import io.millrace.source.position.StoredOffsets;
import io.millrace.source.position.TableProgress;
import io.millrace.source.position.Tally;
import io.millrace.source.snapshot.ChunkClaims.Claim;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Connect has committed of the initial copy under one lease, by whichever task read it, as of the last
 * {@link #refresh()}. Used by one thread.
 */
final class Committed {
    private static final Logger LOG = LoggerFactory.getLogger(Committed.class);

    private final CopySettings settings;
    private final long generation;
    private final List<Piece> pieces;
    private final StoredOffsets stored;
    private final CopyManifests manifests;
    private final Map<TableId, List<Piece>> byTable;
    private final Map<String, BitSet> done = new HashMap<>();
    private final Map<String, List<TableProgress>> lanes = new HashMap<>();
    private final Set<Piece> voided = new HashSet<>();

    Committed(
            CopySettings settings, long generation, List<Piece> pieces, StoredOffsets stored, CopyManifests manifests) {
        this.settings = settings;
        this.generation = generation;
        this.pieces = pieces;
        this.stored = stored;
        this.manifests = manifests;
        this.byTable = pieces.stream()
                .collect(Collectors.groupingBy(piece -> piece.table().id()));
    }

    /**
     * Reads what is stored now.
     *
     * @return what was not finished before
     */
    List<Piece> refresh() {
        List<Piece> unfinished = unfinished();
        Map<String, List<TableProgress>> progress = stored.progress(names(unfinished), settings.lanes());
        for (Piece piece : unfinished) {
            String table = piece.stored().toString();
            List<TableProgress> found = progress.getOrDefault(table, List.of());
            lanes.put(table, found);
            BitSet copied = TableProgress.done(found, generation, piece.cut().id());
            copied.or(piece.cut().kept());
            done.put(table, copied);
            if (TableProgress.isVoid(found, generation)) {
                giveUp(piece, "cannot be read from this snapshot any more, as a task has found");
            }
        }
        return unfinished;
    }

    /** The first lane tells how far the tables of these pieces are. */
    void tell(List<Piece> refreshed) throws InterruptedException {
        if (settings.lane() == 0) {
            Set<TableId> tables = new LinkedHashSet<>();
            refreshed.forEach(piece -> tables.add(piece.table().id()));
            for (TableId table : tables) {
                tell(table, byTable.getOrDefault(table, List.of()));
            }
        }
    }

    /** How far a table is, all its pieces taken together. */
    private void tell(TableId table, List<Piece> all) throws InterruptedException {
        Tally tally = Tally.NONE;
        int chunks = 0;
        int copied = 0;
        boolean doubled = false;
        for (Piece piece : all) {
            tally = tally.plus(TableProgress.tally(progress(piece), generation));
            chunks += piece.chunks();
            copied += of(piece).cardinality();
            doubled |= WholeTable.isDoubled(piece, progress(piece), generation);
        }
        if (all.stream().noneMatch(voided::contains)) {
            manifests.at(table, generation, chunks, Math.min(copied, chunks), tally, doubled);
        }
    }

    /** Pieces of which chunks are missing that this snapshot can still give. */
    List<Piece> unfinished() {
        return pieces.stream()
                .filter(piece -> !voided.contains(piece))
                .filter(piece -> of(piece).nextClearBit(0) < piece.chunks())
                .toList();
    }

    /** The piece cannot be read from this snapshot any more. False when that was known. */
    boolean giveUp(Piece piece, String why) {
        boolean first = voided.add(piece);
        if (first) {
            LOG.warn("{} {}: it will be copied from a new one", piece.stored(), why);
        }
        return first;
    }

    /** What was given up, here or by another task. */
    Set<Piece> voided() {
        return voided;
    }

    boolean contains(Claim claim) {
        return of(claim.piece()).get(claim.chunk());
    }

    /** The chunks of a piece that are committed, one bit each. */
    BitSet of(Piece piece) {
        return done.computeIfAbsent(piece.stored().toString(), ignored -> new BitSet());
    }

    /**
     * Rows of a chunk that are copied, by the asking task as far as it knows itself or by another for certain; none where
     * nothing tells which these are.
     *
     * @param own what the asking task has handed over
     */
    long rows(Claim claim, TableProgress own) {
        if (!claim.piece().cut().repeats()) {
            return 0;
        }
        // With manifests a chunk is told by the one task that read it all.
        List<TableProgress> all = new ArrayList<>(manifests.on() ? List.of() : progress(claim.piece()));
        all.add(own);
        return TableProgress.rows(all, generation, claim.piece().cut().id(), claim.chunk());
    }

    /** What the lanes have stored of a piece. */
    List<TableProgress> progress(Piece piece) {
        return lanes.getOrDefault(piece.stored().toString(), List.of());
    }

    static List<String> names(List<Piece> pieces) {
        return pieces.stream().map(piece -> piece.stored().toString()).toList();
    }
}
