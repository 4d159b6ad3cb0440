package io.millrace.source;

import io.millrace.source.batch.RecordBatches;
import io.millrace.source.catalog.TableId;
import io.millrace.source.position.KeptRanges;
import io.millrace.source.position.Phase;
import io.millrace.source.position.SettledLane;
import io.millrace.source.position.StoredOffsets;
import io.millrace.source.position.TableProgress;
import io.millrace.source.record.ControlRecords;
import io.millrace.source.record.TableSchemas;
import io.millrace.source.snapshot.CopyManifests;
import io.millrace.source.snapshot.CopyPlan;
import io.millrace.source.snapshot.LostSnapshot;
import io.millrace.source.snapshot.OrderedKeys;
import io.millrace.source.snapshot.Piece;
import io.millrace.source.snapshot.Snapshots;
import io.millrace.source.snapshot.WholeTable;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the tasks read from a snapshot that took the place of a lost one. Task 0 decides, from what all have stored, and
 * stores it; the others wait for that. With exactly-once every task first says that nothing of the lost snapshot is on its
 * way any more, so that what is stored then is all there is.
 */
final class Agreement {
    private static final Logger LOG = LoggerFactory.getLogger(Agreement.class);
    private static final long WAIT_MILLIS = 200;
    private static final long TELL_NANOS = 30_000_000_000L;
    private static final int ALIVE_SECONDS = 5;
    private static final String CONNECTION_LOST = "08006";

    private final CdcConfig config;
    private final int task;
    private final StoredOffsets stored;
    private final ControlRecords control;
    private final RecordBatches out;

    Agreement(CdcConfig config, int task, StoredOffsets stored, ControlRecords control, RecordBatches out) {
        this.config = config;
        this.task = task;
        this.stored = stored;
        this.control = control;
        this.out = out;
    }

    /** What no snapshot of a copy that began at this LSN has finished. */
    List<Piece> left(Snapshots.Share share, long slotLsn, int lanes) {
        Map<Piece, Long> finished = finished(share, slotLsn, lanes);
        return share.pieces().stream()
                .filter(piece -> !finished.containsKey(piece))
                .toList();
    }

    /** By which snapshot each piece is whole. */
    private Map<Piece, Long> finished(Snapshots.Share share, long slotLsn, int lanes) {
        Map<String, List<TableProgress>> known = stored.progress(names(share.pieces()), lanes);
        Map<Piece, Long> finished = new LinkedHashMap<>();
        for (Piece piece : share.pieces()) {
            Long generation =
                    TableProgress.finished(known.getOrDefault(piece.stored().toString(), List.of()));
            if (generation != null && Long.compareUnsigned(generation, slotLsn) >= 0) {
                finished.put(piece, generation);
            }
        }
        if (config.generations() && config.copiesAgain()) {
            // Given up though every chunk is there: some may be there twice.
            finished.entrySet()
                    .removeIf(each -> each.getKey().table().key().isEmpty()
                            && TableProgress.isVoid(
                                    known.getOrDefault(each.getKey().stored().toString(), List.of()), each.getValue()));
        }
        if (config.generations()) {
            // A generation is one snapshot of all of a table.
            finished.keySet().removeIf(piece -> !share.pieces().stream()
                    .filter(other -> other.table().id().equals(piece.table().id()))
                    .allMatch(other -> Objects.equals(known(known, other), known(known, piece))));
        }
        return finished;
    }

    private static @Nullable Long known(Map<String, List<TableProgress>> known, Piece piece) {
        return TableProgress.finished(known.getOrDefault(piece.stored().toString(), List.of()));
    }

    /** Says of every table that is whole that it is, and gives up what others had from snapshots that are lost. */
    void tellFinished(Snapshots.Share share, Phase.Copying copying, CopyManifests manifests)
            throws InterruptedException {
        if (!config.generations()) {
            return;
        }
        Map<Piece, Long> finished = finished(share, copying.slotLsn(), copying.lanes());
        Map<String, List<TableProgress>> known = stored.progress(names(share.pieces()), copying.lanes());
        for (Map.Entry<Piece, Long> each : finished.entrySet()) {
            TableId table = each.getKey().table().id();
            List<Piece> all = share.pieces().stream()
                    .filter(piece -> piece.table().id().equals(table))
                    .toList();
            manifests.end(table, each.getValue(), WholeTable.of(all, known, each.getValue()));
        }
        for (Piece piece : share.pieces()) {
            if (finished.containsKey(piece)) {
                continue;
            }
            for (TableProgress lane : known.getOrDefault(piece.stored().toString(), List.of())) {
                if (lane.generation() != copying.generation()) {
                    manifests.abort(piece.table().id(), lane.generation());
                }
            }
        }
    }

    /** What is left, without what is not to be read again of it. */
    List<Piece> pieces(Snapshots.Share share, Phase.Copying copying) throws SQLException {
        List<Piece> left = left(share, copying.slotLsn(), copying.lanes());
        Map<String, KeptRanges> kept = stored.kept(names(left));
        return kept(share, left, kept);
    }

    private static List<Piece> kept(Snapshots.Share share, List<Piece> left, Map<String, KeptRanges> all)
            throws SQLException {
        List<Piece> pieces = new ArrayList<>(left.size());
        for (Piece piece : left) {
            KeptRanges kept = all.get(piece.stored().toString());
            pieces.add(
                    kept == null || kept.generation() != share.lease().generation()
                            ? piece
                            : CopyPlan.keeping(share.lease().connection(), piece, kept));
        }
        return pieces;
    }

    /**
     * Decides for all tasks.
     *
     * @throws ConnectException when rows would come twice that must not
     */
    List<Piece> lead(Snapshots.Share share, Phase.Copying copying, TableSchemas schemas)
            throws SQLException, InterruptedException {
        Map<String, KeptRanges> kept = decided(share, copying, schemas);
        if (config.exactlyOnce()) {
            out.awaitAcknowledged();
            awaitJoined(copying.slotLsn(), share.lease().generation());
            kept = decided(share, copying, schemas);
        }
        for (Map.Entry<String, KeptRanges> each : kept.entrySet()) {
            out.add(
                    control.control(
                            KeptRanges.partition(config.topicPrefix(), each.getKey()),
                            each.getValue().offset(),
                            "kept",
                            each.getKey()),
                    0);
        }
        return kept(share, left(share, copying.slotLsn(), copying.lanes()), kept);
    }

    private Map<String, KeptRanges> decided(Snapshots.Share share, Phase.Copying copying, TableSchemas schemas)
            throws SQLException {
        long generation = share.lease().generation();
        List<Piece> left = left(share, copying.slotLsn(), copying.lanes());
        Map<String, List<StoredOffsets.Lane>> lanes = stored.copied(names(left), copying.lanes());
        Map<String, KeptRanges> before = stored.kept(names(left));
        LostSnapshot lost = new LostSnapshot(generation, config.streams(), config.exactlyOnce(), config.copiesAgain());
        Map<String, KeptRanges> decided = new LinkedHashMap<>();
        for (Piece piece : left) {
            String table = piece.stored().toString();
            List<StoredOffsets.Lane> ours = lanes.getOrDefault(table, List.of()).stream()
                    .filter(lane -> ofThisCopy(lane.progress().generation(), copying))
                    .toList();
            KeptRanges earlier = before.get(table);
            earlier = earlier != null && ofThisCopy(earlier.generation(), copying) ? earlier : null;
            boolean ordered = config.streams() && OrderedKeys.of(share.lease().connection(), piece, schemas);
            KeptRanges kept = lost.of(piece, earlier, ours, ordered);
            if (config.exactlyOnce() || earlier != null || !kept.ranges().isEmpty()) {
                decided.put(table, kept);
            }
        }
        roots(share, left, decided);
        return decided;
    }

    private static boolean ofThisCopy(long generation, Phase.Copying copying) {
        return Long.compareUnsigned(generation, copying.slotLsn()) >= 0;
    }

    /** In the stream of a partitioned table nothing says which partition a row was in: it is exact whole or not at all. */
    private void roots(Snapshots.Share share, List<Piece> left, Map<String, KeptRanges> decided) {
        Set<Piece> unread = new HashSet<>(left);
        for (Piece piece : left) {
            KeptRanges kept = decided.get(piece.stored().toString());
            if (kept == null
                    || !kept.exact()
                    || piece.stored().equals(piece.table().id())) {
                continue;
            }
            boolean all = share.pieces().stream()
                    .filter(other -> other.table().id().equals(piece.table().id()))
                    .allMatch(unread::contains);
            if (!all) {
                if (!config.copiesAgain()) {
                    throw new ConnectException("snapshot.lost.handling.mode: other partitions of "
                            + piece.table().id() + " than " + piece.stored()
                            + " were copied from a snapshot that is lost. What the stream brings of it would repeat rows,"
                            + " which exactly.once.support=required rules out. Set snapshot.lost.handling.mode=copy_again"
                            + " when the sinks upsert; otherwise empty the topics and targets and delete the connector's"
                            + " offsets to begin anew");
                }
                decided.put(
                        piece.stored().toString(),
                        new KeptRanges(kept.generation(), false, kept.file(), kept.columns(), kept.ranges()));
            }
        }
    }

    private void awaitJoined(long slotLsn, long generation) throws InterruptedException {
        long told = System.nanoTime();
        for (List<Integer> left = unjoined(slotLsn, generation);
                !left.isEmpty();
                left = unjoined(slotLsn, generation)) {
            if (System.nanoTime() - told > TELL_NANOS) {
                LOG.warn(
                        "The copy waits for tasks {} to say that what they read from a lost snapshot is in its topics: a"
                                + " task that failed has to be restarted",
                        left);
                told = System.nanoTime();
            }
            Thread.sleep(WAIT_MILLIS);
        }
    }

    private List<Integer> unjoined(long slotLsn, long generation) {
        List<Integer> left = stored.unjoined(slotLsn, generation, config.tasks());
        left.remove((Integer) task);
        return left;
    }

    /** Waits until task 0 has decided; false when there is nothing to read. */
    boolean follow(Snapshots.Share share, long slotLsn) throws SQLException, InterruptedException {
        long generation = share.lease().generation();
        if (generation == slotLsn || !isNeeded(share)) {
            return true;
        }
        if (config.exactlyOnce()) {
            out.awaitAcknowledged();
            Map<String, String> partition = SettledLane.partition(config.topicPrefix(), task);
            out.add(control.control(partition, SettledLane.joined(generation), "joined", ""), 0);
            out.flush();
        }
        for (Phase.@Nullable Copying now = copying(); now != null && !now.copied(); now = copying()) {
            if (now.generation() == generation) {
                return true;
            }
            if (!share.lease().connection().isValid(ALIVE_SECONDS)) {
                throw new SQLException("the session that held the snapshot was lost", CONNECTION_LOST);
            }
            Thread.sleep(WAIT_MILLIS);
        }
        return false;
    }

    private Phase.@Nullable Copying copying() {
        return stored.phase() instanceof Phase.Copying copying ? copying : null;
    }

    /** Blocks that are read again whole need no agreement where rows may repeat. */
    boolean isNeeded(Snapshots.Share share) {
        return config.exactlyOnce()
                || !config.copiesAgain()
                || share.pieces().stream()
                        .anyMatch(piece -> !piece.cut().by().column().isEmpty());
    }

    private static List<String> names(List<Piece> pieces) {
        return pieces.stream().map(piece -> piece.stored().toString()).toList();
    }
}
