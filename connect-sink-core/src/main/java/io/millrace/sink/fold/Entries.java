package io.millrace.sink.fold;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.Row;
import java.util.Arrays;

/** What is known of each buffered row, as columns of primitives: 40 bytes a row. */
final class Entries {
    private static final int FIRST = 64;

    private int size;
    private long[] address = new long[FIRST];
    private long[] micros = new long[FIRST];
    private long[] offset = new long[FIRST];
    private int[] keyLength = new int[FIRST];
    private int[] rowLength = new int[FIRST];
    private int[] layout = new int[FIRST];
    private short[] kind = new short[FIRST];
    private short[] partition = new short[FIRST];

    int size() {
        return size;
    }

    int add() {
        if (size == address.length) {
            room(size * 2);
        }
        return size++;
    }

    /** Makes room for this many rows, at least those that are there. */
    void room(int rows) {
        if (rows > address.length) {
            address = Arrays.copyOf(address, rows);
            micros = Arrays.copyOf(micros, rows);
            offset = Arrays.copyOf(offset, rows);
            keyLength = Arrays.copyOf(keyLength, rows);
            rowLength = Arrays.copyOf(rowLength, rows);
            layout = Arrays.copyOf(layout, rows);
            kind = Arrays.copyOf(kind, rows);
            partition = Arrays.copyOf(partition, rows);
        }
    }

    long bytes() {
        return address.length * 40L;
    }

    void data(int entry, long at, int keyBytes, int rowBytes, int newLayout) {
        address[entry] = at;
        keyLength[entry] = keyBytes;
        rowLength[entry] = rowBytes;
        layout[entry] = newLayout;
    }

    void kind(int entry, int bits) {
        kind[entry] = (short) bits;
    }

    void micros(int entry, long deletedAt) {
        micros[entry] = deletedAt;
    }

    void position(int entry, int fromPartition, long atOffset) {
        partition[entry] = (short) fromPartition;
        offset[entry] = atOffset;
    }

    long address(int entry) {
        return address[entry];
    }

    long micros(int entry) {
        return micros[entry];
    }

    long offset(int entry) {
        return offset[entry];
    }

    int keyLength(int entry) {
        return keyLength[entry];
    }

    int rowLength(int entry) {
        return rowLength[entry];
    }

    int layout(int entry) {
        return layout[entry];
    }

    int kind(int entry) {
        return kind[entry];
    }

    int partition(int entry) {
        return partition[entry];
    }

    /** Rows by kind. */
    Batch.Counts counts() {
        int[] counts = new int[5];
        for (int entry = 0; entry < size(); entry++) {
            int kind = kind(entry);
            counts[0] += (kind & Row.UPSERT) != 0 ? 1 : 0;
            counts[1] += (kind & Row.PATCH) != 0 ? 1 : 0;
            counts[2] += (kind & Row.MAY_BE_ABSENT) != 0 ? 1 : 0;
            counts[3] += (kind & Row.DELETE) != 0 ? 1 : 0;
            counts[4] += (kind & Row.FLAG) != 0 ? 1 : 0;
        }
        return new Batch.Counts(counts[0], counts[1], counts[2], counts[3], counts[4]);
    }
}
