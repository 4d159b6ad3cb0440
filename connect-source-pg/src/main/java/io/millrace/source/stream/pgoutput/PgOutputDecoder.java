package io.millrace.source.stream.pgoutput;

import io.millrace.source.record.Tuple;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes protocol 1 messages, values left where they lie. Throws {@link MalformedMessageException} for anything that
 * is not one, also for bytes left over. Not thread-safe.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html">Message formats</a>
 */
public final class PgOutputDecoder {
    /** From 1970-01-01 to 2000-01-01. */
    private static final long POSTGRES_EPOCH_MICROS = 946_684_800_000_000L;

    private final Wire wire = new Wire();
    private final Tuple old = new Tuple();
    private final Tuple row = new Tuple();

    /** One message in {@code [from, to)}. The handler is called only when all of it has been understood. */
    public void decode(byte[] message, int from, int to, PgOutputHandler handler)
            throws SQLException, InterruptedException {
        wire.reset(message, from, to);
        byte type = wire.int8();
        switch (type) {
            case 'B' -> {
                long commitLsn = wire.int64();
                long micros = wire.int64() + POSTGRES_EPOCH_MICROS;
                long xid = wire.int32() & 0xffffffffL;
                end(type);
                handler.begin(commitLsn, micros, xid);
            }
            case 'C' -> {
                wire.skip(1);
                long commitLsn = wire.int64();
                long endLsn = wire.int64();
                long micros = wire.int64() + POSTGRES_EPOCH_MICROS;
                end(type);
                handler.commit(commitLsn, endLsn, micros);
            }
            case 'R' -> {
                Relation relation = relation();
                end(type);
                handler.relation(relation);
            }
            case 'I' -> {
                int relation = wire.int32();
                tuple('N', row);
                end(type);
                handler.insert(relation, row);
            }
            case 'U' -> update(handler);
            case 'D' -> {
                int relation = wire.int32();
                byte kind = identity(wire.int8());
                read(old);
                end(type);
                handler.delete(relation, old, kind == 'O');
            }
            case 'T' -> {
                int[] relations = truncated();
                end(type);
                handler.truncate(relations);
            }
            case 'Y' -> {
                int oid = wire.int32();
                wire.string();
                wire.string();
                end(type);
                handler.type(oid);
            }
            case 'M' -> message(handler);
            case 'O' -> {
                // Where a change came from first; not used.
                wire.int64();
                wire.string();
                end(type);
            }
            default -> throw new MalformedMessageException("type " + type);
        }
    }

    private void message(PgOutputHandler handler) throws SQLException, InterruptedException {
        boolean transactional = (wire.int8() & 1) != 0;
        long lsn = wire.int64();
        String prefix = wire.string();
        byte[] content = wire.sized();
        end((byte) 'M');
        handler.message(transactional, lsn, prefix, content);
    }

    private void end(byte type) {
        if (wire.remaining() > 0) {
            throw new MalformedMessageException(wire.remaining() + " bytes left over in type " + (char) type);
        }
    }

    private void update(PgOutputHandler handler) throws SQLException, InterruptedException {
        int relation = wire.int32();
        byte kind = wire.int8();
        boolean whole = kind == 'O';
        @Nullable Tuple before = null;
        if (kind != 'N') {
            identity(kind);
            read(old);
            before = old;
            tuple('N', row);
        } else {
            read(row);
        }
        end((byte) 'U');
        handler.update(relation, before, whole, row);
    }

    private void tuple(char expected, Tuple into) {
        byte kind = wire.int8();
        if (kind != expected) {
            throw new MalformedMessageException("tuple kind " + kind);
        }
        read(into);
    }

    private void read(Tuple into) {
        int columns = wire.int16();
        into.begin(wire.bytes(), columns);
        for (int i = 0; i < columns; i++) {
            byte kind = wire.int8();
            switch (kind) {
                case Tuple.NULL, Tuple.UNCHANGED_TOAST -> into.set(i, kind, wire.position(), 0);
                case Tuple.TEXT, Tuple.BINARY -> {
                    int length = wire.int32();
                    into.set(i, kind, wire.position(), length);
                    wire.skip(length);
                }
                default -> throw new MalformedMessageException("column kind " + kind);
            }
        }
    }

    private static byte identity(byte kind) {
        if (kind != 'K' && kind != 'O') {
            throw new MalformedMessageException("tuple kind " + kind);
        }
        return kind;
    }

    private Relation relation() {
        int oid = wire.int32();
        String schema = wire.string();
        String name = wire.string();
        char identity = (char) wire.int8();
        int count = wire.int16();
        List<Relation.Column> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            boolean inIdentity = (wire.int8() & 1) != 0;
            columns.add(new Relation.Column(wire.string(), wire.int32(), wire.int32(), inIdentity));
        }
        // An empty namespace stands for pg_catalog.
        return new Relation(oid, schema.isEmpty() ? "pg_catalog" : schema, name, identity, columns);
    }

    private int[] truncated() {
        int count = wire.int32();
        wire.skip(1);
        if (count < 0 || count > wire.remaining() / 4) {
            throw new MalformedMessageException("truncate of " + count + " tables");
        }
        int[] relations = new int[count];
        for (int i = 0; i < count; i++) {
            relations[i] = wire.int32();
        }
        return relations;
    }
}
