package io.millrace.source.codec;

/** Decimal integers in ASCII text, read and written without strings in between. */
final class Digits {
    private Digits() {}

    static long int64(byte[] buffer, int offset, int length) {
        int end = offset + length;
        int position = offset;
        boolean negative = length > 0 && buffer[offset] == '-';
        if (negative) {
            position++;
        }
        if (position == end || end - position > 19) {
            throw new Malformed("an integer expected");
        }
        // Accumulates the negated value, whose range is larger by one.
        long value = 0;
        for (; position < end; position++) {
            int digit = buffer[position] - '0';
            if (digit < 0 || digit > 9 || value < Long.MIN_VALUE / 10) {
                throw new Malformed("an integer expected");
            }
            value = value * 10 - digit;
            if (value > 0) {
                throw new Malformed("out of range");
            }
        }
        if (!negative && value == Long.MIN_VALUE) {
            throw new Malformed("out of range");
        }
        return negative ? value : -value;
    }

    /** Writes {@code value}, zero or greater, in {@code width} digits and returns the position behind it. */
    static int write(byte[] target, int position, int value, int width) {
        int rest = value;
        for (int i = position + width - 1; i >= position; i--) {
            target[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return position + width;
    }
}
