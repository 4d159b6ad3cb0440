package io.millrace.source.codec;

import io.debezium.config.CommonConnectorConfig.BinaryHandlingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Bytes in the form that {@code binary.handling.mode} names: bytea, or with {@code escaped} false the text of a type
 * without a conversion, which Debezium passes on as bytes.
 */
record BytesDecoder(BinaryHandlingMode mode, boolean escaped) implements ValueDecoder {
    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        return represent(Arrays.copyOfRange(buffer, offset, offset + length));
    }

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        if (!escaped) {
            return represent(Arrays.copyOfRange(buffer, offset, offset + length));
        }
        boolean hex = length >= 2 && buffer[offset] == '\\' && buffer[offset + 1] == 'x';
        return represent(hex ? unhex(buffer, offset + 2, length - 2) : unescape(buffer, offset, length));
    }

    private Object represent(byte[] bytes) {
        return switch (mode) {
            case BYTES -> ByteBuffer.wrap(bytes);
            case HEX -> HexFormat.of().formatHex(bytes);
            case BASE64 -> new String(Base64.getEncoder().encode(bytes), StandardCharsets.ISO_8859_1);
            case BASE64_URL_SAFE -> new String(Base64.getUrlEncoder().encode(bytes), StandardCharsets.ISO_8859_1);
        };
    }

    private static byte[] unhex(byte[] buffer, int offset, int length) {
        if ((length & 1) != 0) {
            throw new Malformed("an even number of hexadecimal digits expected");
        }
        byte[] bytes = new byte[length / 2];
        for (int i = 0; i < bytes.length; i++) {
            int high = Character.digit(buffer[offset + 2 * i], 16);
            int low = Character.digit(buffer[offset + 2 * i + 1], 16);
            if (high < 0 || low < 0) {
                throw new Malformed("hexadecimal digits expected");
            }
            bytes[i] = (byte) (high << 4 | low);
        }
        return bytes;
    }

    /** {@code bytea_output=escape}: a backslash before itself or three octal digits. */
    private static byte[] unescape(byte[] buffer, int offset, int length) {
        byte[] bytes = new byte[length];
        int count = 0;
        int end = offset + length;
        for (int i = offset; i < end; i++) {
            int value = buffer[i];
            if (value == '\\') {
                if (i + 1 < end && buffer[i + 1] == '\\') {
                    i++;
                } else if (i + 3 < end) {
                    value = octal(buffer[i + 1]) << 6 | octal(buffer[i + 2]) << 3 | octal(buffer[i + 3]);
                    i += 3;
                } else {
                    throw new Malformed("an escape is cut off");
                }
            }
            bytes[count++] = (byte) value;
        }
        return Arrays.copyOf(bytes, count);
    }

    private static int octal(byte digit) {
        if (digit < '0' || digit > '7') {
            throw new Malformed("octal digits expected");
        }
        return digit - '0';
    }
}
