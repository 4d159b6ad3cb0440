package io.millrace.sink.warehouse.clickhouse.encode;

import io.millrace.sink.destination.RowBytes;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * ClickHouse's RowBinary: numbers with their least byte first, texts behind their length.
 *
 * @see <a href="https://clickhouse.com/docs/interfaces/formats/RowBinary">RowBinary</a>
 */
public final class RowBinary {
    private RowBinary() {}

    public static void int16(int value, RowBytes out) {
        out.putShort(Short.reverseBytes((short) value));
    }

    public static void int32(int value, RowBytes out) {
        out.putInt(Integer.reverseBytes(value));
    }

    public static void int64(long value, RowBytes out) {
        out.putLong(Long.reverseBytes(value));
    }

    /** A whole number in so many bytes, which hold it. */
    static void wide(BigInteger value, int bytes, RowBytes out) {
        byte[] big = value.toByteArray();
        byte[] little = new byte[bytes];
        Arrays.fill(little, (byte) (value.signum() < 0 ? -1 : 0));
        for (int i = 0; i < big.length; i++) {
            little[i] = big[big.length - 1 - i];
        }
        out.put(little);
    }

    public static void text(String text, RowBytes out) {
        bytes(text.getBytes(StandardCharsets.UTF_8), out);
    }

    static void bytes(byte[] bytes, RowBytes out) {
        varint(bytes.length, out);
        out.put(bytes);
    }

    /** Seven bits a byte, the least first. */
    static void varint(int value, RowBytes out) {
        int rest = value;
        while (rest >= 0x80) {
            out.putByte(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        out.putByte(rest);
    }

    /** What lies behind a length; the opposite of {@link #text}. */
    public static ByteBuffer content(ByteBuffer bytes) {
        int length = 0;
        int shift = 0;
        byte next = bytes.get();
        while (next < 0) {
            length |= (next & 0x7f) << shift;
            shift += 7;
            next = bytes.get();
        }
        length |= next << shift;
        return bytes.slice(bytes.position(), length);
    }
}
