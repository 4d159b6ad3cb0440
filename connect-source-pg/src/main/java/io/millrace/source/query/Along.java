package io.millrace.source.query;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * What tells how far a range has been read: a column that comes beside its rows, which does not fall from one to the next.
 *
 * @param column an SQL expression
 * @param order what stands behind ORDER BY; empty where the rows lie in this order
 * @param type of its values; null for a {@code ctid}, which stands for its block
 */
record Along(String column, String order, @Nullable WatermarkType type) {
    private static final int BLOCK_BYTES = 4;

    /** Along the blocks of a relation. */
    static Along blocks() {
        return new Along("ctid", "", null);
    }

    /** Along the watermark's values, which an index has in order. */
    static Along values(Shape.Column column) {
        return new Along(column.quoted(), column.quoted(), column.type());
    }

    /** How many of a value's first bytes tell one place from another. */
    int bytes(int length) {
        return type == null ? Math.min(BLOCK_BYTES, length) : length;
    }

    /** The place that the binary form of the column names; null for one that is none, as an infinite time. */
    @Nullable
    BigInteger place(byte[] value) {
        return type == null ? new BigInteger(1, value) : type.ofBinary(value);
    }
}
