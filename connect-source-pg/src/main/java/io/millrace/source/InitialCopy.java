package io.millrace.source;

import io.millrace.source.batch.RecordBatches;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.Slot;
import io.millrace.source.position.Lsn;
import io.millrace.source.position.Phase;
import io.millrace.source.position.SettledLane;
import io.millrace.source.position.StoredOffsets;
import io.millrace.source.record.ControlRecords;
import io.millrace.source.record.TableSchemas;
import io.millrace.source.snapshot.BegunCuts;
import io.millrace.source.snapshot.CopyManifests;
import io.millrace.source.snapshot.CopySettings;
import io.millrace.source.snapshot.HeldSnapshot;
import io.millrace.source.snapshot.LaneProgress;
import io.millrace.source.snapshot.Piece;
import io.millrace.source.snapshot.SnapshotCopy;
import io.millrace.source.snapshot.Snapshots;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One task's part in the initial copy. Task 0 leads: it says when all is copied and waits for the others before it
 * streams. A task's own progress is kept over lost sessions. Runs in the task's reading thread.
 */
final class InitialCopy {
    private static final Logger LOG = LoggerFactory.getLogger(InitialCopy.class);
    private static final long WAIT_MILLIS = 500;
    private static final long TELL_NANOS = 30_000_000_000L;

    private final CdcConfig config;
    private final int task;
    private final Database database;
    private final StoredOffsets stored;
    private final ControlRecords control;
    private final RecordBatches out;
    private final SchemaSource schemas;
    private final LaneProgress progress = new LaneProgress();
    private final Agreement agreement;
    private final CopyManifests manifests;
    private final BegunCuts begun;
    private boolean copied;
    private long usedUp;
    private long agreed;

    /** Schemas by sessions of their own, for each time that the copy begins. */
    @FunctionalInterface
    interface SchemaSource {
        /** @param snapshot a session inside the snapshot that is copied */
        TableSchemas of(Connection snapshot) throws SQLException;
    }

    InitialCopy(
            CdcConfig config,
            int task,
            Database database,
            StoredOffsets stored,
            ControlRecords control,
            RecordBatches out,
            CopyManifests manifests,
            SchemaSource schemas) {
        this.config = config;
        this.task = task;
        this.database = database;
        this.stored = stored;
        this.control = control;
        this.out = out;
        this.schemas = schemas;
        this.manifests = manifests;
        this.begun = new BegunCuts(stored);
        this.agreement = new Agreement(config, task, stored, control, out);
    }

    /** LSN up to which something may have been read from the server. */
    long read(Phase.Copying copying) {
        long latest = Long.compareUnsigned(agreed, copying.generation()) > 0 ? agreed : copying.generation();
        return stored.phase() instanceof Phase.Copying now && Long.compareUnsigned(now.generation(), latest) > 0
                ? now.generation()
                : latest;
    }

    CopySettings settings(Phase phase) {
        return config.copySettings(task, phase instanceof Phase.Copying copying ? copying.lanes() : 0);
    }

    /**
     * Returns when every row is in its topic.
     *
     * @param made the snapshot that came with a new slot; null when there is none
     */
    void lead(Phase.Copying copying, Snapshots.@Nullable Share made) throws SQLException, InterruptedException {
        Phase.Copying now = agreed == 0 ? copying : copying.with(agreed);
        copied |= copying.copied();
        announce(copied ? now.whole() : now);
        if (!copied) {
            CopySettings settings = settings(copying);
            Snapshots snapshots = new Snapshots(database, settings);
            Optional<Snapshots.Share> share = Optional.ofNullable(made);
            do {
                if (share.isEmpty()) {
                    share = snapshots.join(from(copying));
                }
                Snapshots.Share taken = share.isPresent() ? share.orElseThrow() : snapshots.renew(usedUp);
                share = Optional.empty();
                now = now.with(taken.lease().generation());
                copied = copy(snapshots, taken, settings, now);
            } while (!copied);
            LOG.info("The initial copy is complete");
            manifests.notices().completed();
            announce(now.whole());
        }
        if (config.streams()) {
            awaitSettled(copying.slotLsn());
        }
    }

    private void announce(Phase.Copying copying) throws InterruptedException {
        Map<String, String> partition = Phase.partition(config.topicPrefix());
        out.add(control.control(partition, copying.offset(), copying.copied() ? "copied" : "snapshot", ""), 0);
        out.flush();
    }

    /** Waits until no other task has a row of the copy on its way, see {@link SettledLane}. */
    private void awaitSettled(long slotLsn) throws InterruptedException {
        long told = System.nanoTime();
        for (List<Integer> left = unsettled(slotLsn); !left.isEmpty(); left = unsettled(slotLsn)) {
            if (System.nanoTime() - told > TELL_NANOS) {
                LOG.warn(
                        "The stream waits for tasks {} to say that all their copied rows are in their topics: a task"
                                + " that failed has to be restarted",
                        left);
                told = System.nanoTime();
            }
            Thread.sleep(WAIT_MILLIS);
        }
    }

    private List<Integer> unsettled(long slotLsn) {
        List<Integer> left = stored.unsettled(slotLsn, config.tasks());
        left.remove((Integer) task);
        return left;
    }

    /** Takes part whenever there is a snapshot, until all is copied; then says that nothing is on its way. */
    void follow() throws SQLException, InterruptedException {
        for (Phase phase = stored.phase(); !(phase instanceof Phase.Streaming); phase = stored.phase()) {
            if (phase instanceof Phase.Copying copying && settle(copying)) {
                return;
            }
            CopySettings settings = settings(phase);
            Snapshots snapshots = new Snapshots(database, settings);
            Optional<Snapshots.Share> share = join(snapshots, phase);
            if (share.isPresent()) {
                long generation = share.orElseThrow().lease().generation();
                long slotLsn = phase instanceof Phase.Copying copying ? copying.slotLsn() : generation;
                long begun = phase instanceof Phase.Copying copying ? copying.begun() : 0;
                Phase.Copying now = new Phase.Copying(slotLsn, settings.lanes())
                        .with(generation)
                        .begunAt(begun);
                copied = copy(snapshots, share.orElseThrow(), settings, now);
            }
            Thread.sleep(WAIT_MILLIS);
        }
    }

    /** Only a snapshot that belongs to this copy, and that has not turned out to be void for what is left. */
    private long from(Phase.Copying copying) {
        return Long.compareUnsigned(usedUp, copying.slotLsn()) >= 0 ? usedUp + 1 : copying.slotLsn();
    }

    private Optional<Snapshots.Share> join(Snapshots snapshots, Phase phase) throws SQLException {
        if (phase instanceof Phase.Copying copying) {
            return snapshots.join(from(copying));
        }
        if (config.generations()) {
            // When the copy began, which every manifest tells, comes with what task 0 stores.
            return Optional.empty();
        }
        // Nothing is stored yet: a new slot has not moved from where its snapshot is.
        try (Connection connection = database.connect("millrace")) {
            Optional<Slot> slot = config.streams() ? Slot.find(connection, config.slot()) : Optional.empty();
            if (slot.isEmpty()) {
                return Optional.empty();
            }
            long made = slot.orElseThrow().confirmedLsn();
            Optional<Snapshots.Share> share = snapshots.join(made);
            if (share.isPresent() && share.orElseThrow().lease().generation() != made) {
                // Of an older slot, that task 0 has yet to say something about.
                share.orElseThrow().close();
                return Optional.empty();
            }
            return share;
        }
    }

    /** False while there are, or may be, rows to copy. */
    private boolean settle(Phase.Copying copying) throws InterruptedException {
        if (!stored.unsettled(copying.slotLsn(), task + 1).contains(task)) {
            return true;
        }
        if (!copied && !copying.copied()) {
            return false;
        }
        out.awaitAcknowledged();
        Map<String, String> partition = SettledLane.partition(config.topicPrefix(), task);
        out.add(control.control(partition, SettledLane.offset(copying.slotLsn()), "settled", ""), 0);
        out.flush();
        return true;
    }

    /**
     * Copies what no snapshot has finished yet; false when some of it needs another snapshot.
     *
     * @param copying of which a snapshot before the slot's LSN is no part, but of an earlier copy whose progress was not
     *     deleted with the mirror's own offset; its generation is the share's
     */
    private boolean copy(Snapshots snapshots, Snapshots.Share share, CopySettings settings, Phase.Copying copying)
            throws SQLException, InterruptedException {
        HeldSnapshot held = snapshots.hold(share);
        boolean finished = false;
        manifests.of(copying);
        try (share) {
            Optional<List<Piece>> left = agreement(begun.of(share, settings, copying.slotLsn()), copying);
            if (left.isEmpty()) {
                return false;
            }
            out.meters()
                    .planned(left.stream()
                            .flatMap(List::stream)
                            .mapToLong(Piece::chunks)
                            .sum());
            LOG.info(
                    "Copying {} of {} tables from the snapshot at {}",
                    left.orElseThrow().size(),
                    share.pieces().size(),
                    Lsn.text(copying.generation()));
            manifests.notices().started(left.orElseThrow());
            Set<Piece> voided = new SnapshotCopy(
                            settings,
                            share.lease(),
                            left.orElseThrow(),
                            progress,
                            stored,
                            schemas.of(share.lease().connection()),
                            manifests,
                            out)
                    .run();
            usedUp = copying.generation();
            finished = true;
            if (!voided.isEmpty()) {
                manifests
                        .notices()
                        .aborted("tables were emptied, rewritten or replaced since the snapshot, or have no key and"
                                + " were sent in part by a task that ended");
            }
            return voided.isEmpty();
        } catch (SQLException | ConnectException e) {
            manifests.notices().aborted(String.valueOf(e.getMessage()));
            out.flush();
            throw e;
        } finally {
            held.leave(finished, config.snapshotKeep());
        }
    }

    /** What is to be read from a snapshot; empty when nothing is. */
    private Optional<List<Piece>> agreement(Snapshots.Share share, Phase.Copying copying)
            throws SQLException, InterruptedException {
        if (task != 0) {
            return agreement.follow(share, copying.slotLsn())
                    ? Optional.of(agreement.pieces(share, copying))
                    : Optional.empty();
        }
        manifests.lead(copying);
        agreement.tellFinished(share, copying, manifests);
        boolean first = copying.generation() == copying.slotLsn();
        if (first || agreed == copying.generation() || isStored(copying)) {
            agreed = copying.generation();
            return Optional.of(agreement.pieces(share, copying));
        }
        List<Piece> left =
                agreement.lead(share, copying, schemas.of(share.lease().connection()));
        agreed = copying.generation();
        announce(copying);
        return Optional.of(left);
    }

    private boolean isStored(Phase.Copying copying) {
        return stored.phase() instanceof Phase.Copying before && before.generation() == copying.generation();
    }
}
