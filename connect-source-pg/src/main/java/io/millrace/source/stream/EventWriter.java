package io.millrace.source.stream;

import io.millrace.core.Headers;
import io.millrace.source.record.EnvelopeWriter;
import io.millrace.source.record.EventRecords;
import io.millrace.source.record.LogicalMessages;
import io.millrace.source.record.SourceBlock;
import io.millrace.source.record.TableSchema;
import io.millrace.source.record.TransactionRecords;
import java.sql.SQLException;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.jspecify.annotations.Nullable;

/** Turns decoded changes into the records that Debezium has for them, headers included. Not thread-safe. */
final class EventWriter {
    private static final String NEW_KEY = "__debezium.newkey";
    private static final String OLD_KEY = "__debezium.oldkey";
    private static final String MESSAGE = "MESSAGE";

    private final Place place;
    private final SourceBlock source;
    private final LogicalMessages messages;
    private final @Nullable TransactionRecords transactions;
    private final EventSettings settings;
    private final EventEmitter emitter;
    private final Completion completion;

    EventWriter(
            Place place, EventRecords records, EventSettings settings, EventEmitter emitter, Completion completion) {
        this.place = place;
        this.source = records.source();
        this.messages = records.messages();
        this.transactions = settings.transactions() ? records.transactions() : null;
        this.settings = settings;
        this.emitter = emitter;
        this.completion = completion;
    }

    void begin() throws InterruptedException {
        emitter.begin(place.commitLsn(), place.commitMicros(), place.xid());
        if (transactions != null && !place.emittedWhole()) {
            transactions.start(place.xid());
            if (!place.emittedInPart()) {
                emitter.record(new Outgoing(
                        transactions.topic(),
                        transactions.key(place.lsn()),
                        transactions.begin(place.lsn(), place.commitMicros()),
                        null,
                        place.size()));
            }
        }
    }

    void commit(long endLsn, long micros) throws InterruptedException {
        if (transactions != null) {
            emitter.record(new Outgoing(
                    transactions.topic(),
                    transactions.key(place.lsn()),
                    transactions.end(place.lsn(), micros),
                    null,
                    place.size()));
        }
        emitter.commit(endLsn);
    }

    /** Whether an event that was emitted before need not be looked at: its place in its transaction may have to be. */
    boolean passes(boolean covered) {
        return covered && (transactions == null || place.emittedWhole());
    }

    void insert(CapturedRelation captured, Struct after) throws InterruptedException {
        TableSchema schema = captured.schema();
        event("INSERT");
        emit(schema, schema.keyOf(after), envelope(schema, EnvelopeWriter.CREATE, null, after), headers(captured));
    }

    void update(Change change) throws SQLException, InterruptedException {
        TableSchema schema = change.captured().schema();
        Struct oldKey = change.captured().keyInIdentity() ? schema.keyOf(change.before()) : null;
        Struct newKey = schema.keyOf(change.after());
        event("UPDATE");
        if (oldKey == null || oldKey.equals(newKey)) {
            ConnectHeaders headers =
                    change.unchangedToast() && newKey != null ? partial(change) : headers(change.captured());
            emit(schema, newKey, envelope(schema, EnvelopeWriter.UPDATE, change.before(), change.after()), headers);
        } else {
            keyChange(change, oldKey, newKey);
        }
    }

    /** An update that lacks TOAST values is no use where the row may be missing: it is completed, or says so. */
    private @Nullable ConnectHeaders partial(Change change) throws SQLException, InterruptedException {
        @Nullable String mark = completion.of(change.captured().schema(), change.after(), place.commitLsn());
        if (mark == null) {
            return headers(change.captured());
        }
        ConnectHeaders headers = headersOrNew(change.captured());
        return headers.lastWithName(mark) == null ? (ConnectHeaders) headers.addBoolean(mark, true) : headers;
    }

    /** A changed key is a delete under the old one and a create under the new one, as Debezium has it. */
    private void keyChange(Change change, Struct oldKey, @Nullable Struct newKey)
            throws SQLException, InterruptedException {
        TableSchema schema = change.captured().schema();
        ConnectHeaders gone = headersOrNew(change.captured());
        gone.add(NEW_KEY, newKey, schema.key());
        emit(schema, oldKey, envelope(schema, EnvelopeWriter.DELETE, change.before(), null), gone);
        if (settings.tombstones()) {
            tombstone(schema, oldKey, new ConnectHeaders(gone));
        }
        ConnectHeaders come = headersOrNew(change.captured());
        come.add(OLD_KEY, oldKey, schema.key());
        if (change.unchangedToast() && newKey != null && !completion.read(schema, change.after())) {
            come.addBoolean(Headers.GONE, true);
        }
        emit(schema, newKey, envelope(schema, EnvelopeWriter.CREATE, null, change.after()), come);
    }

    void delete(CapturedRelation captured, @Nullable Struct before) throws InterruptedException {
        TableSchema schema = captured.schema();
        Struct key = schema.keyOf(before);
        event("DELETE");
        emit(schema, key, envelope(schema, EnvelopeWriter.DELETE, before, null), headers(captured));
        if (settings.tombstones() && key != null) {
            tombstone(schema, key, headers(captured));
        }
    }

    void truncate(CapturedRelation captured) throws InterruptedException {
        TableSchema schema = captured.schema();
        event("TRUNCATE");
        emit(schema, null, envelope(schema, EnvelopeWriter.TRUNCATE, null, null), headers(captured));
    }

    /** A logical message of the transaction. */
    void message(String prefix, byte[] content) throws InterruptedException {
        Struct value = value(prefix, content, place.xid(), place.commitMicros());
        if (transactions != null) {
            value.put("transaction", transactions.next(LogicalMessages.COLLECTION, place.lsn()));
        }
        if (!place.muted()) {
            emitter.event(place.lsn(), place.ordinal(), MESSAGE);
            emitter.record(message(prefix, value));
        }
    }

    /** A logical message outside transactions. @param micros when it came */
    void messageOutside(String prefix, byte[] content, long messageLsn, long micros) throws InterruptedException {
        emitter.outside(messageLsn, MESSAGE, message(prefix, value(prefix, content, null, micros)));
    }

    private Struct value(String prefix, byte[] content, @Nullable Long xid, long micros) {
        return messages.value(prefix, content, source.message(place.lsn(), xid, micros, place.previousCommit()));
    }

    private Outgoing message(String prefix, Struct value) {
        return new Outgoing(messages.topic(), messages.key(prefix), value, null, place.size());
    }

    private void event(String type) throws InterruptedException {
        if (!place.muted()) {
            emitter.event(place.lsn(), place.ordinal(), type);
        }
    }

    private void emit(TableSchema schema, @Nullable Struct key, Struct envelope, @Nullable ConnectHeaders headers)
            throws InterruptedException {
        if (transactions != null) {
            schema.envelope().within(envelope, transactions.next(schema.table().toString(), place.lsn()));
        }
        if (!place.muted()) {
            emitter.record(new Outgoing(schema.topic(), key, envelope, headers, place.size()));
        }
    }

    private void tombstone(TableSchema schema, Struct key, @Nullable ConnectHeaders headers)
            throws InterruptedException {
        if (!place.muted()) {
            emitter.record(new Outgoing(schema.topic(), key, null, headers, 0));
        }
    }

    private Struct envelope(TableSchema schema, String operation, @Nullable Struct before, @Nullable Struct after) {
        Struct block =
                source.event(schema.table(), place.lsn(), place.xid(), place.commitMicros(), place.previousCommit());
        return schema.envelope().write(operation, before, after, block);
    }

    private @Nullable ConnectHeaders headers(CapturedRelation captured) {
        return replayed(captured) ? headersOrNew(captured) : null;
    }

    private ConnectHeaders headersOrNew(CapturedRelation captured) {
        ConnectHeaders headers = new ConnectHeaders();
        if (replayed(captured)) {
            headers.addBoolean(Headers.REPLAY, true);
        }
        return headers;
    }

    private boolean replayed(CapturedRelation captured) {
        return Long.compareUnsigned(place.commitLsn(), captured.replayUntil()) < 0;
    }
}
