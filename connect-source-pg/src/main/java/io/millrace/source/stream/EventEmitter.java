package io.millrace.source.stream;

import io.millrace.source.batch.RecordBatches;
import io.millrace.source.position.Phase;
import io.millrace.source.position.StreamOffset;
import io.millrace.source.position.StreamPosition;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Gives records their offsets. An event may be several records (a delete and its tombstone); only the last of them
 * carries the event's own position, so that a crash between them repeats the event rather than losing its end. The last
 * record of a transaction waits for the commit message and says that the transaction is whole. Not thread-safe.
 */
final class EventEmitter {
    private final Map<String, String> partition;
    private final RecordBatches out;
    private final EarlierEvents earlier;
    private final LongSupplier micros;
    private final long replayEnd;
    private StreamPosition position;
    private StreamOffset offset;
    private @Nullable Pending pending;

    // The transaction and the event under way.
    private long commitLsn;
    private long commitMicros;
    private long xid;
    private long eventLsn;
    private long eventsAtLsn;
    private StreamOffset next;

    private record Pending(Outgoing record, StreamOffset offset) {}

    /**
     * @param earlier which events copied rows have shown already
     * @param micros of the epoch, to stamp what is no event of the source; decides nothing
     */
    EventEmitter(
            String server, StreamPosition position, EarlierEvents earlier, LongSupplier micros, RecordBatches out) {
        this.micros = micros;
        this.partition = Phase.partition(server);
        this.position = position;
        this.earlier = earlier;
        this.replayEnd = earlier.end();
        this.offset = StreamOffset.between(position, micros.getAsLong());
        this.next = offset;
        this.out = out;
    }

    /** Up to where records have been handed over: where to go on after a failure. */
    StreamPosition emitted() {
        return offset.position();
    }

    void begin(long transactionCommitLsn, long micros, long transactionId) {
        commitLsn = transactionCommitLsn;
        commitMicros = micros;
        xid = transactionId;
        eventsAtLsn = 0;
        eventLsn = 0;
        next = offset;
    }

    /** Starts an event; what follows belongs to it. */
    void event(long lsn, long ordinal, String messageType) throws InterruptedException {
        emitPending(null);
        eventsAtLsn = lsn == eventLsn ? eventsAtLsn + 1 : 1;
        eventLsn = lsn;
        position =
                new StreamPosition(position.wholeLsn(), commitLsn, ordinal, position.lanes(), position.stream(), null);
        next = new StreamOffset(position, lsn, xid, commitMicros, messageType, eventsAtLsn);
    }

    /** One record of the event; left out where a copied row has shown what it says. */
    void record(Outgoing record) throws InterruptedException {
        if (Long.compareUnsigned(commitLsn, replayEnd) < 0 && earlier.shows(record.topic(), record.key(), commitLsn)) {
            return;
        }
        Pending earlier = pending;
        if (earlier != null) {
            emit(earlier.record, offset);
        }
        pending = new Pending(record, next);
    }

    /** A record that is no part of a transaction; everything that commits before {@code lsn} has been emitted. */
    void outside(long lsn, String messageType, Outgoing record) throws InterruptedException {
        position = whole(lsn, 0);
        offset = new StreamOffset(position, lsn, 0, micros.getAsLong(), messageType, 1);
        emit(record, offset);
    }

    void commit(long endLsn) throws InterruptedException {
        position = whole(endLsn, position.commitLsn() == commitLsn ? position.ordinal() : 0);
        if (pending == null) {
            offset = StreamOffset.between(position, commitMicros);
        } else {
            emitPending(position);
        }
        out.transactionEnd();
    }

    /** Between transactions: everything that commits before {@code lsn} has been emitted. */
    StreamOffset advance(long lsn) {
        if (Long.compareUnsigned(lsn, position.wholeLsn()) > 0) {
            position = whole(lsn, 0);
        }
        offset = StreamOffset.between(position, micros.getAsLong());
        return offset;
    }

    private StreamPosition whole(long lsn, long ordinal) {
        boolean replaying = Long.compareUnsigned(lsn, replayEnd) < 0;
        return new StreamPosition(lsn, commitLsn, ordinal, replaying ? position.lanes() : 0, position.stream(), null);
    }

    private void emitPending(@Nullable StreamPosition whole) throws InterruptedException {
        Pending last = pending;
        if (last != null) {
            pending = null;
            offset = whole == null ? last.offset : last.offset.at(whole);
            emit(last.record, offset);
        }
    }

    private void emit(Outgoing record, StreamOffset stored) throws InterruptedException {
        Struct key = record.key();
        Struct value = record.value();
        SourceRecord made = new SourceRecord(
                partition,
                stored,
                record.topic(),
                null,
                key == null ? null : key.schema(),
                key,
                value == null ? null : value.schema(),
                value,
                null,
                record.headers());
        out.add(made, record.size());
    }
}
