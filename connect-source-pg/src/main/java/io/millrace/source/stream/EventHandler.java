package io.millrace.source.stream;

import io.millrace.source.record.EnvelopeWriter;
import io.millrace.source.record.RowReader;
import io.millrace.source.record.TableSchema;
import io.millrace.source.record.Tuple;
import io.millrace.source.record.UnexpectedNullException;
import io.millrace.source.stream.pgoutput.PgOutputHandler;
import io.millrace.source.stream.pgoutput.Relation;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Takes pgoutput's messages, decodes those that are wanted, and has them written. Events that the stored position covers
 * are passed over. Not thread-safe.
 */
final class EventHandler implements PgOutputHandler {
    private final Relations relations;
    private final EventSettings settings;
    private final Place place;
    private final EventWriter writer;
    private final Companion companion;
    private final LongSupplier micros;
    private final boolean binary;

    private int lastOid;
    private @Nullable CapturedRelation last;

    /** @param binary whether the stream was opened with binary values */
    EventHandler(
            Relations relations,
            EventSettings settings,
            Place place,
            EventWriter writer,
            Companion companion,
            LongSupplier micros,
            boolean binary) {
        this.relations = relations;
        this.settings = settings;
        this.place = place;
        this.writer = writer;
        this.companion = companion;
        this.micros = micros;
        this.binary = binary;
    }

    @Override
    public void begin(long commitLsn, long micros, long xid) throws InterruptedException {
        place.begin(commitLsn, micros, xid);
        companion.begun((int) xid);
        writer.begin();
    }

    @Override
    public void commit(long commitLsn, long endLsn, long micros) throws InterruptedException {
        if (!place.endsBeforeStart(endLsn)) {
            writer.commit(endLsn, micros);
        }
        place.commit(endLsn);
    }

    @Override
    public void relation(Relation relation) throws SQLException {
        last = null;
        lastOid = 0;
        relations.describe(relation);
        Optional<CapturedRelation> captured = relations.find(relation.oid());
        if (binary && captured != null && captured.isPresent()) {
            TableSchema schema = captured.orElseThrow().schema();
            String column = schema.textOnlyColumn();
            if (column != null) {
                throw new TextNeededException(schema.table(), column);
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
        if (!leftOut(EnvelopeWriter.CREATE, change.captured().schema(), null, change.after())) {
            writer.insert(change.captured(), change.after());
        }
    }

    @Override
    public void update(int oid, @Nullable Tuple old, boolean oldIsWhole, Tuple row)
            throws SQLException, InterruptedException {
        CapturedRelation captured = next(oid, EnvelopeWriter.UPDATE);
        if (captured == null) {
            return;
        }
        demandOldKey(captured, "updated", EnvelopeWriter.UPDATE);
        Change change = decode(captured, old, row);
        if (!leftOut(EnvelopeWriter.UPDATE, change.captured().schema(), change.before(), change.after())) {
            writer.update(change);
        }
    }

    @Override
    public void delete(int oid, Tuple old, boolean oldIsWhole) throws SQLException, InterruptedException {
        CapturedRelation captured = next(oid, EnvelopeWriter.DELETE);
        if (captured == null) {
            return;
        }
        demandOldKey(captured, "deleted", EnvelopeWriter.DELETE);
        TableSchema schema = captured.schema();
        Struct before = RowReader.previous(schema, old);
        if (!leftOut(EnvelopeWriter.DELETE, schema, before, null)) {
            writer.delete(captured, before);
        }
    }

    /** Without it nobody knows which row is gone, or whether an update has left one behind under its old key. */
    private static void demandOldKey(CapturedRelation captured, String what, String operation) {
        TableSchema schema = captured.schema();
        if (schema.key() != null && !captured.keyInIdentity()) {
            throw new ConnectException("a row of " + schema.table() + " was " + what + ", and its replica identity does"
                    + " not tell the key "
                    + schema.key().fields().stream().map(Field::name).toList()
                    + " of the old row. Run ALTER TABLE " + schema.table().quoted() + " REPLICA IDENTITY FULL for what"
                    + " comes; for what has happened set skipped.operations=" + operation + " for a moment, or"
                    + " message.key.columns to columns of the identity");
        }
    }

    @Override
    public void truncate(int[] oids) throws SQLException, InterruptedException {
        for (int oid : oids) {
            CapturedRelation captured = next(oid, EnvelopeWriter.TRUNCATE);
            if (captured != null && !companion.truncated(captured.schema().table())) {
                writer.truncate(captured);
            }
        }
    }

    @Override
    public void message(boolean transactional, long messageLsn, String prefix, byte[] content)
            throws InterruptedException {
        if (transactional) {
            place.count();
            if (!passed() && settings.messages().test(prefix)) {
                writer.message(prefix, content);
            }
        } else if (!Companion.PREFIX.equals(prefix)) {
            place.outside(messageLsn);
            if (!place.endsBeforeStart(messageLsn) && settings.messages().test(prefix)) {
                writer.messageOutside(prefix, content, messageLsn, micros.getAsLong());
            }
        }
    }

    private boolean leftOut(String operation, TableSchema schema, @Nullable Struct before, @Nullable Struct after)
            throws InterruptedException {
        return companion.watches() && companion.changed(operation, schema, before, after);
    }

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
        place.count();
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
        return captured == null || passed() || settings.skipped().contains(operation) ? null : captured;
    }

    /** Whether the event at hand was emitted before and need not be looked at; may mute it instead. */
    private boolean passed() {
        return writer.passes(place.covered());
    }
}
