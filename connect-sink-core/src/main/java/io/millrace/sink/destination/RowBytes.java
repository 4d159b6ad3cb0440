package io.millrace.sink.destination;

import java.util.Arrays;

/** A growable buffer of bytes, big-endian, reused from row to row. Not safe for several threads. */
public final class RowBytes {
    private byte[] bytes;
    private int length;

    public RowBytes() {
        this(1024);
    }

    public RowBytes(int capacity) {
        bytes = new byte[capacity];
    }

    /** The bytes written so far are the first {@link #length()} of this array, which the next write may replace. */
    public byte[] array() {
        return bytes;
    }

    public int length() {
        return length;
    }

    public void clear() {
        length = 0;
    }

    /** Drops what was written after {@code length}. */
    public void truncate(int newLength) {
        length = newLength;
    }

    public void putByte(int value) {
        room(1);
        bytes[length++] = (byte) value;
    }

    public void putShort(int value) {
        room(2);
        bytes[length++] = (byte) (value >> 8);
        bytes[length++] = (byte) value;
    }

    public void putInt(int value) {
        room(4);
        setInt(length, value);
        length += 4;
    }

    public void putLong(long value) {
        room(8);
        setInt(length, (int) (value >> 32));
        setInt(length + 4, (int) value);
        length += 8;
    }

    public void put(byte[] from) {
        put(from, 0, from.length);
    }

    public void put(byte[] from, int offset, int count) {
        room(count);
        System.arraycopy(from, offset, bytes, length, count);
        length += count;
    }

    /** Overwrites four bytes that were written before. */
    public void setInt(int at, int value) {
        bytes[at] = (byte) (value >> 24);
        bytes[at + 1] = (byte) (value >> 16);
        bytes[at + 2] = (byte) (value >> 8);
        bytes[at + 3] = (byte) value;
    }

    private void room(int count) {
        // The sum is compared as a long: two rows of a gigabyte each must fail here and not wrap around.
        long needed = (long) length + count;
        if (needed > bytes.length) {
            if (needed > Integer.MAX_VALUE - 16) {
                throw new org.apache.kafka.connect.errors.DataException("A row is larger than 2 GiB");
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 16, Math.max(needed, bytes.length * 2L)));
        }
    }
}
