package io.millrace.sink;

import io.millrace.sink.destination.Claim;
import io.millrace.sink.destination.LastRecord;
import io.millrace.sink.destination.TableId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Where one partition stands: what the ledger says, which records are to be taken, and the look at the last applied
 * record that notices a topic which was deleted and created again.
 */
final class PartitionState {
    /** What to do with a record. */
    enum Admission {
        TAKE,
        /** It is in the target or in the buffer already. */
        SKIP,
        /** Consumption has to go to {@link #seekTo()}; records until then are not to be looked at. */
        SEEK
    }

    private final TopicPartition partition;
    private final int number;
    private final SinkSettings.LedgerMissing missing;
    private final Consumer<String> warn;
    private final Map<TableId, Claim> claims = new HashMap<>();
    private final DeadLetters deadLetters = new DeadLetters();
    private final Map<TableId, Long> held = new HashMap<>();
    private long expected = -1;

    /** Where taking began, or has come to without a row for any table, while the ledger did not know the partition. */
    private long began = -1;

    /** The first offset that was delivered and not looked at since the last claim. */
    private long missed = -1;

    private long seek = -1;
    private boolean seeking;
    private boolean waiting;
    private @Nullable LastRecord verify;

    /** Nothing was delivered yet since consumption went back to what the ledger says. */
    private boolean resumed;

    private @Nullable LedgerProbe probe;
    private @Nullable LastRecord last;

    /** The newest record that {@link #last} does not tell of yet: it is asked for once a flush. */
    private @Nullable SinkRecord taken;

    private @Nullable TableId appliedTable;
    private long appliedBelow;
    private long committed = -1;
    private long durable = -1;

    /** {@code warn} is told what people have to know. */
    PartitionState(TopicPartition partition, int number, SinkSettings.LedgerMissing missing, Consumer<String> warn) {
        this.warn = warn;
        this.partition = partition;
        this.number = number;
        this.missing = missing;
    }

    TopicPartition partition() {
        return partition;
    }

    /** A small number that stands for the partition in the buffers. */
    int number() {
        return number;
    }

    /** Feeds with their claims; the next offsets are those behind what has been handed to the destination. */
    Map<TableId, Claim> claims() {
        return claims;
    }

    DeadLetters deadLetters() {
        return deadLetters;
    }

    /** Takes over what the ledger says; an empty map means that it knows nothing of the partition. */
    void claimed(Map<TableId, Claim> found) {
        claims.clear();
        claims.putAll(found);
        held.clear();
        last = null;
        taken = null;
        appliedTable = null;
        verify = null;
        resumed = false;
        probe = null;
        seeking = false;
        expected = -1;
        seek = -1;
        if (!found.isEmpty()) {
            resume(found.values());
        } else if (began >= 0) {
            // A flush has failed before the ledger knew the partition: it is as new as it was.
            seek = began;
        } else if (missing == SinkSettings.LedgerMissing.EARLIEST) {
            seek = 0;
        } else if (missing == SinkSettings.LedgerMissing.FAIL) {
            probe = new LedgerProbe(partition);
        }
        if (found.isEmpty() && seek < 0) {
            seek = missed;
        }
        missed = -1;
    }

    private void resume(Collection<Claim> found) {
        for (Claim claim : found) {
            if (expected < 0 || claim.next() < expected) {
                expected = claim.next();
                verify = claim.last();
            }
        }
        resumed = true;
        durable = expected;
        seek = verify == null ? expected : verify.offset();
    }

    /** Where consumption has to go, or -1; the answer is given once. */
    long seekTo() {
        long to = seek;
        seek = -1;
        seeking |= to >= 0;
        return to;
    }

    /** A new batch has come from the consumer, which has carried out every seek asked for until now. */
    void delivered() {
        seeking = false;
    }

    /** A record was delivered and cannot be taken before the next claim: if the ledger knows nothing, it comes again. */
    void missed(long offset) {
        missed = missed < 0 && !seeking ? offset : missed;
    }

    /** Whether the partition is not to be read before the next claim. It is paused, but a batch may hold records of it. */
    void await(boolean wait) {
        waiting = wait;
    }

    Admission admit(SinkRecord record) {
        long offset = record.originalKafkaOffset();
        if (waiting) {
            missed(offset);
            return Admission.SKIP;
        }
        if (seeking) {
            return Admission.SKIP;
        }
        if (probe != null && !probe.begins(offset)) {
            seek = 0;
            seeking = true;
            return Admission.SEEK;
        }
        if (verify != null) {
            verify(record, verify);
            verify = null;
        }
        if (resumed && offset > expected) {
            warn.accept("The target has " + partition + " up to offset " + (expected - 1) + ", and what comes next is "
                    + offset + ": the records between are gone from the topic. Compaction leaves such gaps. If it was"
                    + " retention, the target lacks changes: copy the tables of this topic again at the source");
        }
        resumed = false;
        if (offset < expected) {
            return Admission.SKIP;
        }
        if (began < 0 && claims.isEmpty()) {
            began = offset;
        }
        return Admission.TAKE;
    }

    private void verify(SinkRecord record, LastRecord known) {
        long offset = record.originalKafkaOffset();
        // A later offset is no sign of anything: compaction or retention has removed the last record.
        boolean recreated =
                offset < known.offset() || (offset == known.offset() && !Fingerprint.matches(record, known));
        if (recreated) {
            throw new RecreatedTopic(partition, known.offset());
        }
    }

    /** The nearest end of a range that was begun and is not on its way again, -1 when there is none. */
    long begunTo() {
        long least = -1;
        for (Claim claim : claims.values()) {
            if (claim.intent() >= 0 && (least < 0 || claim.intent() < least)) {
                least = claim.intent();
            }
        }
        return least;
    }

    /** Whether a table's changes are not to be flushed yet: a range that was begun has not been read to its end. */
    boolean isMidway(TableId table) {
        Claim claim = claims.get(table);
        return claim != null && claim.intent() > takenUpTo();
    }

    /** Whether the target has the table's change at this offset; asked for every record. */
    boolean isApplied(TableId table, long offset) {
        if (table != appliedTable) {
            Claim claim = claims.get(table);
            appliedTable = table;
            // What moves the claim on later are records behind this one.
            appliedBelow = claim == null ? -1 : claim.next();
        }
        return offset < appliedBelow;
    }

    /** There are no records between the last one taken and this offset. */
    void reach(long offset) {
        expected = Math.max(expected, offset);
        if (taken == null && last == null) {
            last = new LastRecord(offset - 1, -1, 0);
        }
    }

    /** Notes that a record is dealt with: in the buffer, dead-lettered, or nothing to apply. */
    void taken(SinkRecord record) {
        expected = record.originalKafkaOffset() + 1;
        taken = record;
    }

    /** A change that the source committed at this time, in microseconds since 1970, is dealt with. */
    void committed(long micros) {
        committed = Math.max(committed, micros);
    }

    /** The next offset behind all records taken since the claim, -1 when there is none. */
    long takenUpTo() {
        return taken == null && last == null ? -1 : expected;
    }

    @Nullable
    LastRecord last() {
        SinkRecord newest = taken;
        if (newest != null) {
            last = Fingerprint.of(newest, committed);
            taken = null;
        }
        return last;
    }

    /** The target's transaction with everything below this offset has ended well. */
    void durable(long next) {
        durable = Math.max(durable, next);
        deadLetters.forget(durable);
    }

    /** Nothing below this offset was for a table, and its dead letters are written: a new claim goes on from here. */
    void passed(long next) {
        began = Math.max(began, next);
        deadLetters.forget(next);
    }

    /** The table's changes from this offset on wait: the partition is not durable past it. */
    void hold(TableId table, long offset) {
        held.merge(table, offset, Math::min);
    }

    /** The table's changes wait no more: they are read again from where they stopped. */
    void resume(TableId table) {
        Long from = held.remove(table);
        if (from == null) {
            return;
        }
        expected = Math.min(expected, from);
        seek = seek < 0 ? expected : Math.min(seek, expected);
        last = null;
        taken = null;
        committed = -1;
        appliedTable = null;
        resumed = false;
    }

    /** Everything below this offset is in the target; -1 when nothing is known. */
    long durable() {
        long least = durable;
        for (long offset : held.values()) {
            least = Math.min(least, offset);
        }
        return least;
    }
}
