package io.millrace.source.record;

import java.util.Arrays;

/**
 * One row version inside somebody's bytes: per column what kind of value it is and where it lies. Filled by the
 * pgoutput decoder and by the COPY reader, and reused from row to row: good until the next one is decoded. Not
 * thread-safe.
 */
public final class Tuple {
    /** Kinds of a column's value, as pgoutput's TupleData spells them. */
    public static final byte NULL = 'n';

    public static final byte UNCHANGED_TOAST = 'u';
    public static final byte TEXT = 't';
    public static final byte BINARY = 'b';

    private byte[] bytes = {};
    private byte[] kinds = new byte[16];
    private int[] offsets = new int[16];
    private int[] lengths = new int[16];
    private int columns;

    /** Starts a row of so many columns; each is then {@link #set}. */
    public void begin(byte[] bytes, int columns) {
        this.bytes = bytes;
        this.columns = columns;
        if (columns > kinds.length) {
            kinds = Arrays.copyOf(kinds, columns);
            offsets = Arrays.copyOf(offsets, columns);
            lengths = Arrays.copyOf(lengths, columns);
        }
    }

    public void set(int column, byte kind, int offset, int length) {
        kinds[column] = kind;
        offsets[column] = offset;
        lengths[column] = length;
    }

    public int columns() {
        return columns;
    }

    public byte kind(int column) {
        return kinds[column];
    }

    /** A column's value is {@code [offset, offset + length)} of these. */
    public byte[] bytes() {
        return bytes;
    }

    public int offset(int column) {
        return offsets[column];
    }

    public int length(int column) {
        return lengths[column];
    }
}
