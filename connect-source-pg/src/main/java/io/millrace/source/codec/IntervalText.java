package io.millrace.source.codec;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.postgresql.util.PGInterval;

/** Reads the text of intervals: {@code 1 year 2 mons -3 days +04:05:06.789}; other values of IntervalStyle by the driver. */
final class IntervalText {
    private final byte[] buffer;
    private final int end;
    private int position;

    private IntervalText(byte[] buffer, int offset, int length) {
        this.buffer = buffer;
        this.position = offset;
        this.end = offset + length;
    }

    static Object parse(byte[] buffer, int offset, int length, Intervals intervals) {
        if (length == 0) {
            throw new Malformed("an interval expected");
        }
        switch (buffer[offset]) {
            case 'i':
                return intervals.infinite(true);
            case 'P', '@':
                return otherStyle(new String(buffer, offset, length, StandardCharsets.ISO_8859_1), intervals);
            default:
                break;
        }
        if (length > 1 && buffer[offset + 1] == 'i') {
            return intervals.infinite(false);
        }
        return new IntervalText(buffer, offset, length).parse(intervals);
    }

    private Object parse(Intervals intervals) {
        long months = 0;
        long days = 0;
        long micros = 0;
        while (position < end) {
            if (buffer[position] == ' ') {
                position++;
                continue;
            }
            boolean negative = sign();
            long number = number();
            if (position < end && buffer[position] == ':') {
                long time = timeOfDay(number);
                micros = negative ? -time : time;
                continue;
            }
            long signed = negative ? -number : number;
            if (position >= end || buffer[position] != ' ' || position + 1 >= end) {
                throw new Malformed("a unit expected; IntervalStyle must be postgres");
            }
            position++;
            switch (buffer[position]) {
                case 'y' -> months += signed * 12;
                case 'm' -> months += signed;
                case 'd' -> days = signed;
                default -> throw new Malformed("an unknown unit; IntervalStyle must be postgres");
            }
            while (position < end && buffer[position] != ' ') {
                position++;
            }
        }
        return intervals.represent(Math.toIntExact(months), Math.toIntExact(days), micros);
    }

    private long timeOfDay(long hours) {
        position++;
        long minutes = number();
        if (position >= end || buffer[position] != ':') {
            throw new Malformed("seconds expected");
        }
        position++;
        // Accumulated negatively would not help: the range of hours leaves room on both sides.
        long micros = Math.addExact(Math.multiplyExact(hours, 3_600_000_000L), minutes * 60_000_000);
        micros = Math.addExact(micros, number() * 1_000_000);
        if (position < end && buffer[position] == '.') {
            position++;
            for (int unit = 100_000; isDigit(); unit /= 10) {
                micros = Math.addExact(micros, (long) (buffer[position++] - '0') * unit);
            }
        }
        return micros;
    }

    private boolean sign() {
        boolean negative = buffer[position] == '-';
        if (negative || buffer[position] == '+') {
            position++;
        }
        return negative;
    }

    private boolean isDigit() {
        return position < end && buffer[position] >= '0' && buffer[position] <= '9';
    }

    private long number() {
        int start = position;
        long value = 0;
        while (isDigit() && position - start < 11) {
            value = value * 10 + buffer[position++] - '0';
        }
        if (position == start) {
            throw new Malformed("digits expected; IntervalStyle must be postgres");
        }
        return value;
    }

    private static Object otherStyle(String text, Intervals intervals) {
        try {
            PGInterval interval = new PGInterval(text);
            long micros = (interval.getHours() * 60L + interval.getMinutes()) * 60_000_000
                    + interval.getWholeSeconds() * 1_000_000L
                    + interval.getMicroSeconds();
            return intervals.represent(interval.getYears() * 12 + interval.getMonths(), interval.getDays(), micros);
        } catch (SQLException | NumberFormatException e) {
            throw new Malformed("the driver cannot read the interval; set IntervalStyle to postgres");
        }
    }
}
