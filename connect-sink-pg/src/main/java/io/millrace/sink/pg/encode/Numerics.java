package io.millrace.sink.pg.encode;

import io.millrace.sink.destination.RowBytes;
import java.math.BigDecimal;
import java.math.BigInteger;

/** NUMERIC: digits to the base of 10,000, the weight of the first, the sign and the display scale. */
final class Numerics {
    private static final int POSITIVE = 0x0000;
    private static final int NEGATIVE = 0x4000;
    private static final int BASE = 10_000;
    private static final int GROUP = 4;
    private static final long[] PADDING = {1, 10, 100, 1000};

    private Numerics() {}

    static void encode(BigDecimal value, RowBytes out) {
        BigDecimal plain = value.scale() < 0 ? value.setScale(0) : value;
        encode(plain, plain.scale(), out);
    }

    /** A number as a string; what is none has other names in Debezium's records than in Postgres. */
    static void text(Object value, RowBytes out) {
        String text = (String) value;
        Texts.text(
                switch (text) {
                    case "NAN" -> "NaN";
                    case "POSITIVE_INFINITY" -> "Infinity";
                    case "NEGATIVE_INFINITY" -> "-Infinity";
                    default -> text;
                },
                out);
    }

    /** Numbers that are equal give equal bytes, whatever their scale. */
    static void encodeKey(BigDecimal value, RowBytes out) {
        BigDecimal stripped = value.stripTrailingZeros();
        encode(stripped.scale() < 0 ? stripped.setScale(0) : stripped, 0, out);
    }

    private static void encode(BigDecimal value, int displayScale, RowBytes out) {
        int scale = value.scale();
        int padding = (GROUP - scale % GROUP) % GROUP;
        int fractionGroups = (scale + padding) / GROUP;
        BigInteger unscaled = value.unscaledValue();
        int sign = unscaled.signum() < 0 ? NEGATIVE : POSITIVE;
        // 63 bits less the padding's 10: the product below stays within a long.
        if (unscaled.bitLength() <= 53) {
            encodeLong(Math.abs(unscaled.longValue()) * PADDING[padding], fractionGroups, sign, displayScale, out);
        } else {
            encodeBig(
                    unscaled.abs().multiply(BigInteger.valueOf(PADDING[padding])),
                    fractionGroups,
                    sign,
                    displayScale,
                    out);
        }
    }

    private static void encodeLong(long digits, int fractionGroups, int sign, int displayScale, RowBytes out) {
        int groups = 0;
        for (long rest = digits; rest != 0; rest /= BASE) {
            groups++;
        }
        header(groups, groups - fractionGroups - 1, sign, displayScale, out);
        int start = out.length();
        for (int i = 0; i < groups; i++) {
            out.putShort(0);
        }
        long rest = digits;
        byte[] bytes = out.array();
        for (int at = start + (groups - 1) * Short.BYTES; at >= start; at -= Short.BYTES) {
            int group = (int) (rest % BASE);
            bytes[at] = (byte) (group >> 8);
            bytes[at + 1] = (byte) group;
            rest /= BASE;
        }
    }

    private static void encodeBig(BigInteger digits, int fractionGroups, int sign, int displayScale, RowBytes out) {
        String text = digits.toString();
        int groups = (text.length() + GROUP - 1) / GROUP;
        header(groups, groups - fractionGroups - 1, sign, displayScale, out);
        int end = text.length() - (groups - 1) * GROUP;
        int begin = 0;
        for (int i = 0; i < groups; i++) {
            out.putShort(Integer.parseInt(text, begin, end, 10));
            begin = end;
            end += GROUP;
        }
    }

    private static void header(int groups, int weight, int sign, int displayScale, RowBytes out) {
        out.putShort(groups);
        out.putShort(groups == 0 ? 0 : weight);
        out.putShort(groups == 0 ? POSITIVE : sign);
        out.putShort(displayScale);
    }
}
