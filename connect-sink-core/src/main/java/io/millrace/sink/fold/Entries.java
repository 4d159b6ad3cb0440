package io.millrace.sink.fold;

import java.util.Arrays;

/** What is known of each buffered row, as columns of primitives: 40 bytes a row. */
final class Entries {
    private int size;
    private long[] address = new long[64];
    private long[] micros = new long[64];
    private long[] offset = new long[64];
    private int[] keyLength = new int[64];
    private int[] rowLength = new int[64];
    private int[] layout = new int[64];
    private short[] kind = new short[64];
    private short[] partition = new short[64];

    int size() {
        return size;
    }

    int add() {
        if (size == address.length) {
            int grown = size * 2;
            address = Arrays.copyOf(address, grown);
            micros = Arrays.copyOf(micros, grown);
            offset = Arrays.copyOf(offset, grown);
            keyLength = Arrays.copyOf(keyLength, grown);
            rowLength = Arrays.copyOf(rowLength, grown);
            layout = Arrays.copyOf(layout, grown);
            kind = Arrays.copyOf(kind, grown);
            partition = Arrays.copyOf(partition, grown);
        }
        return size++;
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
}
