package io.millrace.source.codec;

import java.nio.charset.StandardCharsets;

/** Reads one value's bytes from front to back; each read checks that the value has so many left. Used within one call. */
final class Parts {
    private final byte[] buffer;
    private final int end;
    private int position;

    Parts(byte[] buffer, int offset, int length) {
        this.buffer = buffer;
        this.position = offset;
        this.end = offset + length;
    }

    byte[] buffer() {
        return buffer;
    }

    /** Steps over {@code length} bytes and returns where they begin. */
    int skip(int length) {
        if (length < 0 || length > end - position) {
            throw new Malformed("a part is cut off");
        }
        int start = position;
        position += length;
        return start;
    }

    int int8() {
        return buffer[skip(1)];
    }

    int int16() {
        return BigEndian.int16(buffer, skip(2));
    }

    int int32() {
        return BigEndian.int32(buffer, skip(4));
    }

    long int64() {
        return BigEndian.int64(buffer, skip(8));
    }

    double float8() {
        return Double.longBitsToDouble(int64());
    }

    /** A number of parts that each have at least so many bytes. */
    int count(int leastBytes) {
        int count = int32();
        if (count < 0 || count > (end - position) / leastBytes) {
            throw new Malformed("the count does not fit the length");
        }
        return count;
    }

    String string(int length) {
        return new String(buffer, skip(length), length, StandardCharsets.UTF_8);
    }

    /** Text up to a zero byte. */
    String terminated() {
        int start = position;
        while (int8() != 0) {
            // Goes on until the zero byte.
        }
        return new String(buffer, start, position - 1 - start, StandardCharsets.UTF_8);
    }

    String rest() {
        return string(end - position);
    }

    void finish() {
        if (position != end) {
            throw new Malformed("unexpected bytes behind the value");
        }
    }
}
