package io.millrace.sink.fold;

import java.util.ArrayList;
import java.util.List;

/** Bytes of rows, appended to chunks that grow with the table: a table with three rows costs little, one with millions too. */
final class RowLog {
    private static final int FIRST = 4 * 1024;
    private static final int LARGEST = 256 * 1024;

    private final List<byte[]> chunks = new ArrayList<>();
    private byte[] current = new byte[0];
    private int used;
    private long capacity;

    /** Copies the first {@code length} bytes and returns where they are. */
    long append(byte[] from, int length) {
        if (current.length - used < length) {
            int size = chunks.isEmpty() ? FIRST : Math.min(LARGEST, Math.max(FIRST, current.length * 2));
            current = new byte[Math.max(size, length)];
            chunks.add(current);
            capacity += current.length;
            used = 0;
        }
        System.arraycopy(from, 0, current, used, length);
        long address = ((long) (chunks.size() - 1) << 32) | used;
        used += length;
        return address;
    }

    byte[] chunk(long address) {
        return chunks.get((int) (address >>> 32));
    }

    int offset(long address) {
        return (int) address;
    }

    /** Heap that the chunks take. */
    long capacity() {
        return capacity;
    }
}
