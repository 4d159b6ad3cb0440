package io.millrace.source.record;

import io.millrace.source.codec.ColumnCodec;
import io.millrace.source.codec.DecodingException;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/** From a tuple to a row in its table's schema. Pure; nothing is looked up by name. */
public final class RowReader {
    private RowReader() {}

    /** A row version's values, and whether a TOAST value was left out as unchanged and not known from the old one. */
    public record Row(Struct values, boolean unchangedToast) {}

    /**
     * A new row version.
     *
     * @param old the old version in full, from which unchanged TOAST values are taken; null where it is not known
     * @throws DecodingException for a value that is malformed or that its column's schema cannot hold
     * @throws UnexpectedNullException for a NULL in a column that the schema thinks required
     */
    public static Row current(TableSchema schema, Tuple tuple, @Nullable Struct old) {
        expectWidth(schema, tuple);
        try {
            return read(schema, tuple, old);
        } catch (DecodingException e) {
            throw e.in(schema.table().toString());
        }
    }

    private static Row read(TableSchema schema, Tuple tuple, @Nullable Struct old) {
        Struct values = new WholeStruct(schema.row());
        boolean unchanged = false;
        for (int i = 0; i < tuple.columns(); i++) {
            TableSchema.Column column = schema.column(i);
            if (column == null) {
                continue;
            }
            ColumnCodec codec = column.codec();
            Object value;
            byte kind = tuple.kind(i);
            if (kind == Tuple.BINARY) {
                value = codec.fromBinary(tuple.bytes(), tuple.offset(i), tuple.length(i));
            } else if (kind == Tuple.TEXT) {
                value = codec.fromText(tuple.bytes(), tuple.offset(i), tuple.length(i));
            } else if (kind == Tuple.UNCHANGED_TOAST) {
                value = old == null
                        ? codec.unavailable()
                        : old.getWithoutDefault(column.field().name());
                unchanged |= old == null;
            } else {
                if (!column.field().schema().isOptional()) {
                    throw new UnexpectedNullException(schema.table(), column.name());
                }
                value = null;
            }
            values.put(column.field(), value);
        }
        return new Row(values, unchanged);
    }

    /** An old row version, of which only the replica identity may be known; the rest is what Debezium puts there. */
    public static Struct previous(TableSchema schema, Tuple tuple) {
        expectWidth(schema, tuple);
        try {
            return readPrevious(schema, tuple);
        } catch (DecodingException e) {
            throw e.in(schema.table().toString());
        }
    }

    private static Struct readPrevious(TableSchema schema, Tuple tuple) {
        Struct values = new WholeStruct(schema.row());
        for (int i = 0; i < tuple.columns(); i++) {
            TableSchema.Column column = schema.column(i);
            if (column == null) {
                continue;
            }
            ColumnCodec codec = column.codec();
            Object value =
                    switch (tuple.kind(i)) {
                        case Tuple.BINARY -> codec.fromBinary(tuple.bytes(), tuple.offset(i), tuple.length(i));
                        case Tuple.TEXT -> codec.fromText(tuple.bytes(), tuple.offset(i), tuple.length(i));
                        case Tuple.UNCHANGED_TOAST -> codec.unavailable();
                        default -> column.absent();
                    };
            values.put(column.field(), value);
        }
        return values;
    }

    private static void expectWidth(TableSchema schema, Tuple tuple) {
        if (tuple.columns() != schema.width()) {
            throw new DataException("a row of " + schema.table() + " has " + tuple.columns() + " columns, its relation "
                    + schema.width());
        }
    }
}
