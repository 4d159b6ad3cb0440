package io.millrace.sink;

import io.millrace.sink.change.ChangeReader;
import io.millrace.sink.destination.Capabilities;
import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task's way from records to the destination: admit, read, fold into buffers, flush. One flush is on its way while the
 * next one fills. Called from the task's thread only.
 *
 * <p>Whatever goes wrong on the way (fenced, connection lost, rows refused) ends the same: buffers are dropped, the
 * partitions are claimed again, and consumption goes back to what the target's ledger says.
 */
public final class SinkFlow implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SinkFlow.class);

    private static final long RETRY_MILLIS = 1000;

    private final SinkTaskContext context;
    private final SinkSettings settings;
    private final Destination destination;
    private final Tables tables;
    private final Buffers buffers;
    private final Partitions partitions;
    private final Ordering ordering;
    private final Flushes flushes;
    private final Intake intake;
    private final Operating operating;
    private final NamedTables named;

    /** Whether offset commits are no reason to flush. */
    private final boolean patient;

    /** Whether consumption is to go elsewhere than behind the batch at hand. */
    private boolean seeking;

    private @Nullable ConnectException failure;

    public SinkFlow(SinkTaskContext context, SinkSettings given, Destination destination) {
        this.context = context;
        settings = given.flushingAtMostEvery(destination.flushIntervalMillis());
        patient = destination.flushIntervalMillis() > 0;
        this.destination = destination;
        BadRecords badRecords = BadRecords.of(context);
        boolean deadLetters = badRecords.canReport();
        tables = new Tables(destination, settings);
        Parked parked = new Parked(settings.operators().paused());
        // A dry run reads everything, and asks no ledger.
        boolean dry = settings.operators().dryRun();
        partitions = new Partitions(dry ? SinkSettings.LedgerMissing.EARLIEST : settings.ledgerMissing(), parked);
        operating = new Operating(context, settings, parked, destination);
        buffers = new Buffers(settings, destination.capabilities().atomicity() == Capabilities.Atomicity.INTENT);
        Flusher flusher = new Flusher(new FlushJob(destination, tables, settings, deadLetters), settings.flushing());
        flushes = new Flushes(flusher, buffers, partitions, settings, deadLetters, Meters.of(context));
        ordering = new Ordering(settings, partitions, destination, flushes::settle);
        ChangeReader reader = new ChangeReader(
                new Router(settings.template(), settings.tables()),
                settings.key(),
                settings.append(),
                settings.placeholder(),
                destination::encoding);
        named = new NamedTables(settings, destination.namedTables());
        intake = new Intake(settings, reader, buffers, partitions, ordering, badRecords, flushes, named);
    }

    /** Takes over partitions; those that cannot be claimed now are by the next {@link #put}. */
    public void open(Collection<TopicPartition> opened) {
        flushes.settle();
        partitions.open(opened);
        operating.reassigned();
        try {
            claim(opened);
            comeBack();
        } catch (RetriableException e) {
            LOG.warn("Partitions cannot be claimed in the target yet: {}", e.getMessage());
            flushes.unreachable();
            flushes.lose();
        }
    }

    /** Takes records; a batch that is delivered again does no harm. */
    public void put(Collection<SinkRecord> batch) {
        if (failure != null) {
            throw failure;
        }
        flushes.look();
        if (flushes.isReplacing() && !batch.isEmpty()) {
            throw again();
        }
        if (flushes.isLost()) {
            // What of this batch belongs to partitions that are to be read again is skipped; the rest comes only once.
            claimAgain();
        } else {
            partitions.delivered();
            seeking = false;
        }
        if (!flushes.isBusy()) {
            operating.look(partitions.assigned());
        }
        flushes.resume().forEach(this::seek);
        intake.begin(batch);
        for (SinkRecord record : batch) {
            PartitionState partition = partitions.of(record);
            if (flushes.isReplacing() && buffers.isFull()) {
                makeRoom();
            }
            if (flushes.isLost()) {
                partition.missed(record.originalKafkaOffset());
                continue;
            }
            PartitionState.Admission admission = admit(partition, record);
            if (admission == PartitionState.Admission.TAKE) {
                intake.take(record, partition);
            } else if (admission == PartitionState.Admission.SEEK) {
                seek(partition.partition(), partition.seekTo());
            } else {
                intake.pass(record);
            }
        }
        intake.begin(List.of());
        if (!flushes.isLost()) {
            if (buffers.isEmpty() && !flushes.isBusy() && !partitions.isEmpty() && flushes.isLookDue()) {
                comeBack();
            }
            flushIfDue();
            comeBackInTime();
        }
    }

    /** Connect goes on polling, which keeps the partitions, and delivers the batch again. */
    private RetriableException again() {
        context.timeout(RETRY_MILLIS);
        return new RetriableException("Tables are being replaced by new copies");
    }

    /** A full buffer takes no more while tables are being replaced: what was taken is passed over when it comes again. */
    private void makeRoom() {
        if (!seeking) {
            throw again();
        }
        // What comes again would look like what comes from where consumption has gone.
        flushes.start();
    }

    private void seek(TopicPartition partition, long offset) {
        seeking = true;
        context.offset(partition, offset);
    }

    private PartitionState.Admission admit(PartitionState partition, SinkRecord record) {
        try {
            return partition.admit(record);
        } catch (RecreatedTopic e) {
            try {
                flushes.settle();
                operating.recreated(partition.partition().topic());
            } catch (ConnectException next) {
                e.addSuppressed(next);
            }
            throw e;
        }
    }

    /** Applies what is buffered, unless the target's flushes are to wait longer, and answers what is durable. */
    public Map<TopicPartition, OffsetAndMetadata> durable() {
        try {
            if (patient && !buffers.isEmpty() && buffers.millisLeft() > 0) {
                flushes.look();
            } else {
                flushes.drainRows();
            }
            if (!flushes.isReplacing()) {
                operating.showNow(partitions.assigned());
            }
            named.warnOnce();
        } catch (ConnectException e) {
            // Connect does not fail a task for an error here: it would rewind and go on. The next put does.
            failure = e;
        }
        return partitions.durable();
    }

    public void close(Collection<TopicPartition> closed) {
        flushes.settle();
        partitions.close(closed);
        operating.reassigned();
        // Buffers mix partitions. What is left of those that stay is read again from the ledger's position.
        if (!buffers.isEmpty()) {
            buffers.clear();
            if (!partitions.isEmpty()) {
                flushes.lose();
            }
        }
    }

    @Override
    public void close() {
        flushes.close();
        destination.close();
    }

    private void flushIfDue() {
        long interval = settings.flushing().intervalMillis();
        if (buffers.isEmpty()) {
            if (flushes.isBusy()) {
                context.timeout(Math.max(1, interval));
            }
            return;
        }
        long left = buffers.millisLeft();
        if (left <= 0 && !flushes.isBusy()) {
            flushes.start();
        }
        // Connect would otherwise come back only with the next record or offset commit.
        context.timeout(Math.max(1, left > 0 ? left : Math.min(20, interval)));
    }

    /** For tables that wait, to try them again. */
    private void comeBackInTime() {
        long left = flushes.millisToResume();
        if (left >= 0 && (buffers.isEmpty() || buffers.millisLeft() > left)) {
            context.timeout(Math.max(1, left));
        }
    }

    private void claimAgain() {
        try {
            claim(partitions.assigned());
        } catch (RetriableException e) {
            flushes.unreachable();
            // Without this Connect repeats only when offsets are due next.
            context.timeout(RETRY_MILLIS);
            throw e;
        }
        flushes.found();
        comeBack();
    }

    /** A replacement that has failed, or that the task before has not come to, brings no records of its own. */
    private void comeBack() {
        if (settings.overwrite()) {
            buffers.counted();
        }
    }

    private void claim(Collection<TopicPartition> wanted) {
        if (wanted.isEmpty()) {
            return;
        }
        ordering.forget();
        tables.forgetAll();
        operating.beforeClaim();
        Map<Feed, Claim> claims = destination.claim(Set.copyOf(wanted));
        named.see(TargetTables.fed(
                settings, wanted.stream().map(TopicPartition::topic).distinct().toList()));
        claims.keySet().forEach(feed -> named.see(List.of(feed.table())));
        // Before anything is noted of the claims: when this fails they are made again, from where they were.
        Set<TopicPartition> waiting = operating.afterClaim(Set.copyOf(wanted));
        for (TopicPartition each : wanted) {
            Map<TableId, Claim> own = new HashMap<>();
            claims.forEach((feed, claim) -> {
                if (feed.partition().equals(each)) {
                    own.put(feed.table(), claim);
                }
            });
            PartitionState state = partitions.claimed(each, own);
            state.await(waiting.contains(each));
            long seek = state.seekTo();
            if (seek >= 0) {
                seek(each, seek);
            }
        }
    }
}
