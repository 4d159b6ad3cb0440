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

    /** One message in {@code [from, to)}. */
    public void decode(byte[] message, int from, int to, PgOutputHandler handler)
            throws SQLException, InterruptedException {
        wire.reset(message, from, to);
        byte type = wire.int8();
        switch (type) {
            case 'B' -> handler.begin(wire.int64(), wire.int64() + POSTGRES_EPOCH_MICROS, wire.int32() & 0xffffffffL);
            case 'C' -> {
                wire.skip(1);
                handler.commit(wire.int64(), wire.int64(), wire.int64() + POSTGRES_EPOCH_MICROS);
            }
            case 'R' -> handler.relation(relation());
            case 'I' -> {
                int relation = wire.int32();
                tuple('N', row);
                handler.insert(relation, row);
            }
            case 'U' -> update(handler);
            case 'D' -> {
                int relation = wire.int32();
                byte kind = identity(wire.int8());
                read(old);
                handler.delete(relation, old, kind == 'O');
            }
            case 'T' -> handler.truncate(truncated());
            case 'Y' -> {
                int oid = wire.int32();
                wire.skip(wire.remaining());
                handler.type(oid);
            }
            case 'O', 'M' -> wire.skip(wire.remaining());
            default -> throw new MalformedMessageException("type " + type);
        }
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
