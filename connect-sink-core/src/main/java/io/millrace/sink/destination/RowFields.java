package io.millrace.sink.destination;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the fields of a batch's rows, which lie in the order of their layouts, by column: see {@link Batch.Visitor}. Not
 * for several threads.
 */
public final class RowFields {
    /** Instead of a length: the field is NULL. */
    public static final int NULL = -1;

    private final int[][] places;
    private final int[] sizes;
    private final int[] starts;
    private byte[] wrapped = new byte[0];
    private ByteBuffer row = ByteBuffer.wrap(wrapped);
    private int[] current = new int[0];

    public RowFields(Batch batch) {
        this(batch.columns().size(), batch.layouts());
    }

    /** Of rows with so many columns at most. */
    public RowFields(int columns, List<int[]> layouts) {
        starts = new int[columns];
        places = new int[layouts.size()][];
        sizes = new int[layouts.size()];
        for (int i = 0; i < places.length; i++) {
            int[] layout = layouts.get(i);
            places[i] = new int[columns];
            Arrays.fill(places[i], -1);
            for (int place = 0; place < layout.length; place++) {
                places[i][layout[place]] = place;
            }
            sizes[i] = layout.length;
        }
    }

    /** Goes to a row, which begins at {@code offset}; its bytes are not copied. */
    public void read(int layout, byte[] bytes, int offset) {
        if (bytes != wrapped) {
            wrapped = bytes;
            row = ByteBuffer.wrap(bytes);
        }
        int at = offset;
        for (int i = 0; i < sizes[layout]; i++) {
            starts[i] = at;
            at += Integer.BYTES + Math.max(0, row.getInt(at));
        }
        current = places[layout];
    }

    /** Whether the row's layout has the column. */
    public boolean has(int column) {
        return current[column] >= 0;
    }

    /** Length of the column's field in bytes, or {@link #NULL}, which it also is where the row has none. */
    public int length(int column) {
        return has(column) ? row.getInt(starts[current[column]]) : NULL;
    }

    /** What the row's bytes are among. */
    public byte[] bytes() {
        return wrapped;
    }

    /** The same, big-endian; its position means nothing. */
    public ByteBuffer buffer() {
        return row;
    }

    /** Where the bytes of a field begin that the row has. */
    public int start(int column) {
        return starts[current[column]] + Integer.BYTES;
    }
}
