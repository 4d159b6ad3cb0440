package io.millrace.sink;

import io.millrace.sink.change.Change;
import io.millrace.sink.change.ChangeReader;
import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.fold.Added;
import io.millrace.sink.route.Router;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
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
    private final Flusher flusher;
    private final ChangeReader reader;
    private final Buffers buffers;
    private final BadRecords badRecords;
    private final Partitions partitions;
    private final Ordering ordering;
    private boolean lost;
    private @Nullable ConnectException failure;

    public SinkFlow(SinkTaskContext context, SinkSettings settings, Destination destination) {
        this.context = context;
        this.settings = settings;
        this.destination = destination;
        tables = new Tables(destination, settings);
        flusher = new Flusher(
                new FlushJob(destination, tables, settings), settings.flushing().timeoutMillis());
        reader = new ChangeReader(
                new Router(settings.template(), settings.tables()),
                settings.key(),
                settings.append(),
                settings.placeholder(),
                destination::encoding);
        badRecords = BadRecords.of(context);
        partitions = new Partitions(settings.ledgerMissing());
        buffers = new Buffers(settings);
        ordering = new Ordering(settings, partitions, destination, this::settle);
    }

    /** Takes over partitions; those that cannot be claimed now are by the next {@link #put}. */
    public void open(Collection<TopicPartition> opened) {
        settle();
        partitions.open(opened);
        try {
            claim(opened);
        } catch (RetriableException e) {
            LOG.warn("Partitions cannot be claimed in the target yet: {}", e.getMessage());
            lost = true;
        }
    }

    /** Takes records; a batch that is delivered again does no harm. */
    public void put(Collection<SinkRecord> batch) {
        if (failure != null) {
            throw failure;
        }
        accept(flusher.poll());
        if (lost) {
            claimAgain();
            return;
        }
        partitions.delivered();
        for (SinkRecord record : batch) {
            PartitionState partition = partitions.of(record);
            PartitionState.Admission admission = partition.admit(record);
            if (admission == PartitionState.Admission.TAKE) {
                take(record, partition);
                if (lost) {
                    return;
                }
            } else if (admission == PartitionState.Admission.SEEK) {
                context.offset(partition.partition(), partition.seekTo());
            }
        }
        flushIfDue();
    }

    /** Applies what is buffered and answers what is durable. */
    public Map<TopicPartition, OffsetAndMetadata> durable() {
        try {
            settle();
            if (!lost) {
                handOver();
                settle();
            }
        } catch (ConnectException e) {
            // Connect does not fail a task for an error here: it would rewind and go on. The next put does.
            failure = e;
        }
        return partitions.durable();
    }

    public void close(Collection<TopicPartition> closed) {
        settle();
        partitions.close(closed);
        // Buffers mix partitions. What is left of those that stay is read again from the ledger's position.
        if (!buffers.isEmpty()) {
            buffers.clear();
            lost = !partitions.isEmpty();
        }
    }

    @Override
    public void close() {
        flusher.close();
        destination.close();
    }

    private void take(SinkRecord record, PartitionState partition) {
        long offset = record.originalKafkaOffset();
        try {
            String refusal = partition.refusal(offset);
            if (refusal != null) {
                throw new DataException(refusal);
            }
            Change change = reader.read(record);
            if (change != null && !fold(change, partition, offset)) {
                return;
            }
        } catch (DataException e) {
            buffers.report(partition.report(offset, () -> badRecords.report(record, e)));
        }
        partition.taken(record);
        buffers.counted();
        if (buffers.isFull()) {
            settle();
            if (!lost) {
                handOver();
            }
        }
    }

    /** Whether the change is in its buffer; not when the flush before a barrier has failed. */
    private boolean fold(Change change, PartitionState partition, long offset) {
        if (!settings.fold().append()
                && !ordering.admits(change, partition.partition().topic())) {
            return true;
        }
        Claim claim = partition.claims().get(change.table());
        if (claim != null && offset < claim.next()) {
            return true;
        }
        if (add(change, partition, offset) != Added.BARRIER) {
            return true;
        }
        settle();
        if (!lost) {
            handOver();
            settle();
        }
        if (!lost && add(change, partition, offset) == Added.BARRIER) {
            throw new IllegalStateException("An empty buffer takes every change");
        }
        return !lost;
    }

    private Added add(Change change, PartitionState partition, long offset) {
        Added added = buffers.add(change, partition.number(), offset);
        partitions.feeds(partition, change.table(), offset);
        return added;
    }

    private void flushIfDue() {
        long interval = settings.flushing().intervalMillis();
        if (buffers.isEmpty()) {
            if (flusher.isBusy()) {
                context.timeout(Math.max(1, interval));
            }
            return;
        }
        long left = buffers.millisLeft();
        if (left <= 0 && !flusher.isBusy()) {
            settle();
            if (!lost) {
                handOver();
            }
        }
        // Connect would otherwise come back only with the next record or offset commit.
        context.timeout(Math.max(1, left > 0 ? left : Math.min(20, interval)));
    }

    /** Gives the buffers to the flusher, which must be idle. */
    private void handOver() {
        if (buffers.isEmpty()) {
            return;
        }
        Map<TopicPartition, Long> upTo = new HashMap<>();
        List<Advance> advances = new ArrayList<>();
        Map<Feed, Flush.Start> starts = new LinkedHashMap<>();
        for (PartitionState partition : partitions.all()) {
            if (partition.takenUpTo() >= 0) {
                upTo.put(partition.partition(), partition.takenUpTo());
                partitions.advance(partition, advances, starts);
            }
        }
        flusher.start(new Flush(buffers.filled(), advances, starts, buffers.reports(), upTo));
        buffers.clear();
    }

    /** Waits for the flush on its way and takes in how it ended. */
    private void settle() {
        accept(flusher.await());
    }

    private void accept(@Nullable FlushResult result) {
        if (result instanceof FlushResult.Done done) {
            partitions.applied(done);
            LOG.debug("Flushed {} tables: {}", done.flush().buffers().size(), done.applied());
        } else if (result instanceof FlushResult.Again again) {
            LOG.warn("A flush was given up and its records are read again: {}", again.reason());
            lost = true;
        } else if (result instanceof FlushResult.Refused refused) {
            refuse(refused);
        }
        if (lost) {
            buffers.clear();
        }
    }

    private void refuse(FlushResult.Refused refused) {
        for (FlushResult.Refusal row : refused.rows()) {
            PartitionState partition = partitions.numbered(row.partition());
            if (partition == null) {
                continue;
            }
            if (!badRecords.canReport()) {
                throw new DataException(
                        "Record " + partition.partition() + " at offset " + row.offset() + ": " + row.reason());
            }
            partition.refuse(row.offset(), row.reason());
        }
        lost = true;
    }

    private void claimAgain() {
        buffers.clear();
        try {
            claim(partitions.assigned());
        } catch (RetriableException e) {
            // Without this Connect repeats only when offsets are due next.
            context.timeout(RETRY_MILLIS);
            throw e;
        }
        lost = false;
    }

    private void claim(Collection<TopicPartition> wanted) {
        if (wanted.isEmpty()) {
            return;
        }
        ordering.forget();
        tables.forgetAll();
        Map<Feed, Claim> claims = destination.claim(Set.copyOf(wanted));
        for (TopicPartition each : wanted) {
            Map<TableId, Claim> own = new HashMap<>();
            claims.forEach((feed, claim) -> {
                if (feed.partition().equals(each)) {
                    own.put(feed.table(), claim);
                }
            });
            long seek = partitions.claimed(each, own).seekTo();
            if (seek >= 0) {
                context.offset(each, seek);
            }
        }
    }
}
