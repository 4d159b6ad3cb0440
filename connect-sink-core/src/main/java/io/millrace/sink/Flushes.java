package io.millrace.sink;

import io.millrace.sink.destination.Advance;
import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.fold.TableBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the buffers to the flusher and takes in how each flush ended. Whatever goes wrong short of an error ends the
 * same: the buffers are dropped and {@link #isLost()} holds until the partitions have been claimed again.
 */
final class Flushes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Flushes.class);

    private final Flusher flusher;
    private final Buffers buffers;
    private final Partitions partitions;
    private final boolean deadLetters;
    private final SinkSettings settings;
    private final Meters meters;
    private final Standstill standstill;

    /** Tables that cannot be written for a lock, and those that cannot be replaced for one. */
    private final Waits waits;

    private final Waits copies;
    private long started;
    private boolean lost;

    Flushes(
            Flusher flusher,
            Buffers buffers,
            Partitions partitions,
            SinkSettings settings,
            boolean deadLetters,
            Meters meters) {
        this.settings = settings;
        this.meters = meters;
        standstill = new Standstill(settings.flushing().timeoutMillis(), System::nanoTime);
        waits = new Waits(settings.flushing(), System::nanoTime);
        copies = new Waits(settings.flushing(), System::nanoTime);
        this.flusher = flusher;
        this.buffers = buffers;
        this.partitions = partitions;
        this.deadLetters = deadLetters;
    }

    boolean isLost() {
        return lost;
    }

    boolean isBusy() {
        return flusher.isBusy();
    }

    /** Whether to flush though nothing has come. */
    boolean isLookDue() {
        return flusher.isLookDue();
    }

    /** Drops the buffers; what they held is read again once the partitions are claimed. */
    void lose() {
        lost = true;
        buffers.clear();
    }

    /** The partitions cannot be claimed now. */
    void unreachable() {
        standstill.end();
    }

    /** The partitions are claimed. */
    void found() {
        buffers.clear();
        lost = false;
    }

    /** Begins a flush of what is buffered, when the one before has ended. */
    void start() {
        settle();
        if (lost || buffers.isEmpty()) {
            return;
        }
        Map<TopicPartition, Long> upTo = new HashMap<>();
        List<Advance> advances = new ArrayList<>();
        Map<Feed, Flush.Start> starts = new LinkedHashMap<>();
        for (PartitionState partition : partitions.all()) {
            if (partition.takenUpTo() >= 0) {
                upTo.put(partition.partition(), partition.takenUpTo());
            }
        }
        List<TableBuffer> ready = buffers.filled().stream()
                .filter(buffer -> !partitions.isMidway(buffer))
                .toList();
        for (PartitionState partition : partitions.all()) {
            if (partition.takenUpTo() >= 0) {
                partitions.advance(partition, advances, starts);
            }
            if (partition.begunTo() >= 0) {
                // The target is not past what waits there.
                upTo.remove(partition.partition());
            }
        }
        boolean nothing = ready.isEmpty() && advances.isEmpty() && starts.isEmpty() && buffers.isWaiting();
        if (nothing) {
            return;
        }
        started = System.nanoTime();
        flusher.start(new Flush(
                ready,
                advances,
                starts,
                buffers.reports(),
                upTo,
                buffers.manifests(),
                buffers.incomplete(),
                partitions.waiting(),
                partitions.kept(),
                waits.onTrial()));
        buffers.taken(ready);
    }

    /** Flushes what is buffered and waits until it is done. */
    void drain() {
        start();
        settle();
    }

    /** As {@link #drain}, but for what tables are being replaced by; while that goes on nothing more is flushed. */
    void drainRows() {
        startRows();
        accept(flusher.awaitRows());
    }

    /** Begins a flush of what is buffered, unless tables are still being replaced: then it stays where it is. */
    void startRows() {
        accept(flusher.awaitRows());
        if (!flusher.isBusy()) {
            start();
        }
    }

    /** Whether tables are being replaced, for some seconds now: a flush would have to wait for that. */
    boolean isReplacing() {
        return flusher.isReplacing();
    }

    /** Takes in a flush that has ended; does not wait. */
    void look() {
        accept(flusher.poll());
    }

    /** Waits for the flush on its way and takes in how it ended. */
    void settle() {
        accept(flusher.await());
    }

    private void accept(@Nullable FlushResult result) {
        if (result instanceof FlushResult.Done done) {
            standstill.end();
            partitions.applied(done);
            meters.applied(done, System.nanoTime() - started);
            done.parked().forEach((table, reason) -> park(table, reason, true));
            done.waiting().forEach((table, reason) -> park(table, reason, false));
            look(done);
            meters.waiting(waits.tables(), copies.tables());
            if (flusher.isUnfinished()) {
                buffers.counted();
            }
            LOG.debug("Flushed {} tables: {}", done.flush().buffers().size(), done.applied());
        } else if (result instanceof FlushResult.Again again) {
            LOG.warn("A flush was given up and its records are read again: {}", again.reason());
            giveUp(again);
            lose();
        } else if (result instanceof FlushResult.Refused refused) {
            refuse(refused);
        }
    }

    /** Which tables wait for locks, and which do not any more. */
    private void look(FlushResult.Done done) {
        Set<TableId> written = new HashSet<>();
        done.flush().buffers().forEach(buffer -> written.add(buffer.table()));
        done.flush().advances().forEach(advance -> written.add(advance.feed().table()));
        written.removeIf(done::isLeft);
        written.retainAll(done.flush().trial());
        written.forEach(table -> {
            waits.ended(table, "is written again, a lock was waited for");
            partitions.ended(table);
        });
        done.blocked().forEach((table, blocked) -> {
            if (mayWait(waits, table, blocked)) {
                buffers.drop(table);
                partitions.suspend(table, blocked.reason());
            }
        });
        for (TableId table : copies.tables()) {
            if (!done.copies().containsKey(table)) {
                copies.ended(table, "is not kept from being replaced any more, a lock was waited for");
            }
        }
        done.copies().forEach((table, blocked) -> mayWait(copies, table, blocked));
    }

    /** Whether it may; else it is parked. */
    private boolean mayWait(Waits among, TableId table, FlushResult.Blocked blocked) {
        String refusal = among.blocked(table, blocked);
        if (refusal == null) {
            return true;
        }
        if (!settings.operators().parks()) {
            throw new ConnectException(refusal);
        }
        among.ended(table, "is parked, a lock was waited for");
        park(table, refusal, among == waits);
        return false;
    }

    /** Milliseconds until a table that waits is to be tried again, -1 when none does. */
    long millisToResume() {
        return waits.millisLeft();
    }

    /**
     * Takes up tables that have waited long enough to be tried again.
     *
     * @return where consumption has to go for that
     */
    Map<TopicPartition, Long> resume() {
        Set<TableId> due = waits.due();
        if (due.isEmpty() || lost || flusher.isBusy()) {
            return Map.of();
        }
        // What is buffered of others would come again.
        drainRows();
        if (lost || flusher.isBusy()) {
            return Map.of();
        }
        waits.tried(due);
        return partitions.resume(due);
    }

    private void giveUp(FlushResult.Again again) {
        if (!standstill.isTooLong()) {
            return;
        }
        if (!settings.operators().parks() || again.tables().isEmpty()) {
            throw new ConnectException("No flush has ended well for " + SinkConfig.FLUSH_TIMEOUT_MS + "="
                    + settings.flushing().timeoutMillis() + ", though the target can be reached: " + again.reason());
        }
        again.tables().forEach(table -> park(table, again.reason(), !again.durable()));
        standstill.end();
    }

    private void park(TableId table, String reason, boolean kept) {
        buffers.drop(table);
        partitions.park(table, reason, kept);
    }

    private void refuse(FlushResult.Refused refused) {
        for (FlushResult.Refusal row : refused.rows()) {
            PartitionState partition = partitions.numbered(row.partition());
            if (partition == null) {
                continue;
            }
            if (!deadLetters) {
                throw new DataException(
                        "Record " + partition.partition() + " at offset " + row.offset() + ": " + row.reason());
            }
            partition.deadLetters().refuse(row.offset(), row.reason());
        }
        lose();
    }

    @Override
    public void close() {
        flusher.close();
    }
}
