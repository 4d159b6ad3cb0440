package io.millrace.source.stream;

import io.millrace.core.Headers;
import io.millrace.source.position.StreamPosition;
import io.millrace.source.record.EnvelopeWriter;
import io.millrace.source.record.RowReader;
import io.millrace.source.record.SourceBlock;
import io.millrace.source.record.TableSchema;
import io.millrace.source.record.Tuple;
import io.millrace.source.record.UnexpectedNullException;
import io.millrace.source.stream.pgoutput.PgOutputHandler;
import io.millrace.source.stream.pgoutput.Relation;
import java.sql.SQLException;
import java.util.Optional;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.jspecify.annotations.Nullable;

/**
 * pgoutput messages to Debezium's events. Events that the stored position covers are passed over; ordinals count
 * messages as received, so they are the same after a restart with other filters. Not thread-safe.
 */
final class EventHandler implements PgOutputHandler {
    private static final String NEW_KEY = "__debezium.newkey";
    private static final String OLD_KEY = "__debezium.oldkey";

    private final Relations relations;
    private final SourceBlock source;
    private final EventSettings settings;
    private final EventEmitter emitter;
    private final Rereader rereader;
    private final StreamPosition resume;
    private final boolean binary;

    private long lsn;
    private int size;
    private long commitLsn;
    private long commitMicros;
    private long xid;
    private long ordinal;
    private boolean inTransaction;
    private String previousCommit;
    private int lastOid;
    private @Nullable CapturedRelation last;

    /** @param binary whether the stream was opened with binary values */
    EventHandler(
            Relations relations,
            SourceBlock source,
            EventSettings settings,
            EventEmitter emitter,
            Rereader rereader,
            StreamPosition resume,
            boolean binary) {
        this.relations = relations;
        this.source = source;
        this.settings = settings;
        this.emitter = emitter;
        this.rereader = rereader;
        this.resume = resume;
        this.binary = binary;
        this.previousCommit = quoted(resume.wholeLsn());
    }

    /** Where the next message lies in the WAL and how many bytes it has. */
    void message(long messageLsn, int bytes) {
        lsn = messageLsn;
        size = bytes;
    }

    boolean inTransaction() {
        return inTransaction;
    }

    @Override
    public void begin(long transactionCommitLsn, long micros, long transactionId) {
        commitLsn = transactionCommitLsn;
        commitMicros = micros;
        xid = transactionId;
        ordinal = 0;
        inTransaction = true;
        emitter.begin(transactionCommitLsn, micros, transactionId);
    }

    @Override
    public void commit(long transactionCommitLsn, long endLsn, long micros) throws InterruptedException {
        if (Long.compareUnsigned(endLsn, resume.wholeLsn()) > 0) {
            emitter.commit(endLsn);
        }
        inTransaction = false;
        previousCommit = quoted(endLsn);
    }

    @Override
    public void relation(Relation relation) throws SQLException {
        last = null;
        lastOid = 0;
        relations.describe(relation);
        Optional<CapturedRelation> captured = relations.find(relation.oid());
        if (binary && captured != null && captured.isPresent()) {
            TableSchema schema = captured.orElseThrow().schema();
            for (int i = 0; i < schema.width(); i++) {
                if (!schema.binary(i)) {
                    throw new TextNeededException(schema.table());
                }
            }
        }
    }

    @Override
    public void type(int oid) {
        relations.typeAnnounced();
    }

    @Override
    public void insert(int oid, Tuple row) throws SQLException, InterruptedException {
        CapturedRelation captured = next(oid, EnvelopeWriter.CREATE);
        if (captured == null) {
            return;
        }
        Change change = decode(captured, null, row);
        TableSchema schema = change.captured.schema();
        Struct after = change.after;
        emitter.event(lsn, ordinal, "INSERT");
        emitter.record(
                schema,
                schema.keyOf(after),
                envelope(schema, EnvelopeWriter.CREATE, null, after),
                headers(change.captured),
                size);
    }

    @Override
    public void update(int oid, @Nullable Tuple old, boolean oldIsWhole, Tuple row)
            throws SQLException, InterruptedException {
        CapturedRelation captured = next(oid, EnvelopeWriter.UPDATE);
        if (captured == null) {
            return;
        }
        Change change = decode(captured, old, row);
        TableSchema schema = change.captured.schema();
        Struct before = change.before;
        Struct oldKey = change.captured.keyInIdentity() ? schema.keyOf(before) : null;
        Struct newKey = schema.keyOf(change.after);
        emitter.event(lsn, ordinal, "UPDATE");
        if (oldKey == null || oldKey.equals(newKey)) {
            ConnectHeaders headers = headers(change.captured);
            if (change.unchangedToast
                    && newKey != null
                    && rereader.doubts(commitLsn)
                    && !rereader.complete(schema, change.after)) {
                headers = headersOrNew(change.captured);
                headers.addBoolean(Headers.GONE, true);
            }
            emitter.record(
                    schema, newKey, envelope(schema, EnvelopeWriter.UPDATE, before, change.after), headers, size);
        } else {
            keyChange(change, oldKey, newKey);
        }
    }

    /** A changed key is a delete under the old one and a create under the new one, as Debezium has it. */
    private void keyChange(Change change, Struct oldKey, @Nullable Struct newKey)
            throws SQLException, InterruptedException {
        TableSchema schema = change.captured.schema();
        ConnectHeaders gone = headersOrNew(change.captured);
        gone.add(NEW_KEY, newKey, schema.key());
        emitter.record(schema, oldKey, envelope(schema, EnvelopeWriter.DELETE, change.before, null), gone, size);
        if (settings.tombstones()) {
            emitter.record(schema, oldKey, null, new ConnectHeaders(gone), 0);
        }
        ConnectHeaders come = headersOrNew(change.captured);
        come.add(OLD_KEY, oldKey, schema.key());
        if (change.unchangedToast && newKey != null && !rereader.complete(schema, change.after)) {
            come.addBoolean(Headers.GONE, true);
        }
        emitter.record(schema, newKey, envelope(schema, EnvelopeWriter.CREATE, null, change.after), come, size);
    }

    @Override
    public void delete(int oid, Tuple old, boolean oldIsWhole) throws SQLException, InterruptedException {
        CapturedRelation captured = next(oid, EnvelopeWriter.DELETE);
        if (captured == null) {
            return;
        }
        TableSchema schema = captured.schema();
        Struct before = RowReader.previous(schema, old);
        Struct key = schema.keyOf(before);
        emitter.event(lsn, ordinal, "DELETE");
        emitter.record(schema, key, envelope(schema, EnvelopeWriter.DELETE, before, null), headers(captured), size);
        if (settings.tombstones() && key != null) {
            emitter.record(schema, key, null, headers(captured), 0);
        }
    }

    @Override
    public void truncate(int[] oids) throws SQLException, InterruptedException {
        for (int oid : oids) {
            CapturedRelation captured = next(oid, EnvelopeWriter.TRUNCATE);
            if (captured != null) {
                TableSchema schema = captured.schema();
                emitter.event(lsn, ordinal, "TRUNCATE");
                emitter.record(
                        schema, null, envelope(schema, EnvelopeWriter.TRUNCATE, null, null), headers(captured), size);
            }
        }
    }

    private record Change(CapturedRelation captured, @Nullable Struct before, Struct after, boolean unchangedToast) {}

    /** Decodes both versions, with a relaxed schema when a NULL came where the catalog says there is none. */
    private Change decode(CapturedRelation relation, @Nullable Tuple old, Tuple row) throws SQLException {
        CapturedRelation captured = relation;
        while (true) {
            try {
                Struct before = old == null ? null : RowReader.previous(captured.schema(), old);
                boolean whole = captured.relation().replicaIdentity() == 'f';
                RowReader.Row after = RowReader.current(captured.schema(), row, whole ? before : null);
                return new Change(captured, before, after.values(), after.unchangedToast());
            } catch (UnexpectedNullException e) {
                captured = relations.relax(captured, e.column());
                last = captured;
            }
        }
    }

    /** Counts the event; null when it is not captured, was emitted before, or its operation is left out. */
    private @Nullable CapturedRelation next(int oid, String operation) {
        ordinal++;
        if (oid != lastOid || last == null) {
            Optional<CapturedRelation> found = relations.find(oid);
            if (found == null) {
                throw new ConnectException("the stream has a row of relation " + Integer.toUnsignedString(oid)
                        + " before its description: the replication protocol was broken on the way");
            }
            last = found.orElse(null);
            lastOid = last == null ? 0 : oid;
        }
        CapturedRelation captured = last;
        if (captured == null
                || resume.covers(commitLsn, ordinal)
                || settings.skipped().contains(operation)) {
            return null;
        }
        return captured;
    }

    private Struct envelope(TableSchema schema, String operation, @Nullable Struct before, @Nullable Struct after) {
        Struct block = source.event(schema.table(), lsn, xid, commitMicros, previousCommit);
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
        return Long.compareUnsigned(commitLsn, captured.replayUntil()) < 0;
    }

    private static String quoted(long number) {
        return "\"" + number + "\"";
    }
}
