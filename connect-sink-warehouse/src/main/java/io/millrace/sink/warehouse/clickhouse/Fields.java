package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.destination.Batch;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Finds the fields of a row, which lie in the order of its layout, by column. Not safe for several threads. */
final class Fields {
    static final int NULL = -1;

    private final int[][] places;
    private final int[] sizes;
    private final int[] starts;
    private byte[] wrapped = new byte[0];
    private ByteBuffer row = ByteBuffer.wrap(wrapped);
    private int[] current = new int[0];

    Fields(Batch batch) {
        List<int[]> layouts = batch.layouts();
        int columns = batch.columns().size();
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

    /** Goes to a row, which begins at {@code offset}. */
    void read(int layout, byte[] bytes, int offset) {
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

    boolean has(int column) {
        return current[column] >= 0;
    }

    /** Length of the column's field in bytes, or {@link #NULL}; the row has it. */
    int length(int column) {
        return row.getInt(starts[current[column]]);
    }

    byte[] bytes() {
        return wrapped;
    }

    /** Where the field's bytes begin. */
    int start(int column) {
        return starts[current[column]] + Integer.BYTES;
    }
}
