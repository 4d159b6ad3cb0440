package io.millrace.source.codec;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Values as Postgres sends them, written independently of the decoders. */
final class Wire {
    private Wire() {}

    interface Body {
        void write(DataOutputStream out) throws IOException;
    }

    static byte[] bytes(Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            body.write(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Object binary(ValueDecoder decoder, byte[] value) {
        byte[] buffer = new byte[value.length + 9];
        System.arraycopy(value, 0, buffer, 4, value.length);
        return decoder.binary(buffer, 4, value.length);
    }

    static Object text(ValueDecoder decoder, String value) {
        byte[] bytes = text(" " + value + "}");
        return decoder.text(bytes, 1, bytes.length - 2);
    }

    /** {@code numeric_send} of a value with its scale, by the base 10,000 digits of its unscaled value. */
    static byte[] numeric(BigDecimal value) {
        int scale = Math.max(value.scale(), 0);
        int fractionDigits = (scale + 3) / 4;
        BigInteger shifted = value.abs().movePointRight(4 * fractionDigits).toBigIntegerExact();
        String digits = shifted.toString();
        digits = "0".repeat((4 - digits.length() % 4) % 4) + digits;
        int count = digits.length() / 4;
        int weight = count - 1 - fractionDigits;
        int first = 0;
        while (first < count && digits.startsWith("0000", 4 * first)) {
            first++;
        }
        int last = count;
        while (last > first && digits.startsWith("0000", 4 * (last - 1))) {
            last--;
        }
        int from = first;
        int to = last;
        String all = digits;
        return bytes(out -> {
            out.writeShort(to - from);
            out.writeShort(to == from ? 0 : weight - from);
            out.writeShort(value.signum() < 0 ? 0x4000 : 0);
            out.writeShort(scale);
            for (int i = from; i < to; i++) {
                out.writeShort(Short.parseShort(all.substring(4 * i, 4 * i + 4)));
            }
        });
    }
}
