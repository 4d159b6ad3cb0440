package io.millrace.sink.value;

import org.apache.kafka.connect.errors.DataException;

/** Reads ISO 8601 instants without making objects. */
public final class Instants {
    public static final long INFINITY = Long.MAX_VALUE;
    public static final long MINUS_INFINITY = Long.MIN_VALUE;

    private static final long MICROS_PER_SECOND = 1_000_000L;

    private Instants() {}

    /**
     * Microseconds since 1970 of an instant with any year, any number of fraction digits, and Z or an offset; or infinity.
     *
     * @throws DataException for other text, and for an instant between two microseconds; the message does not show it
     */
    public static long micros(String text) {
        if (text.equals("infinity")) {
            return INFINITY;
        }
        if (text.equals("-infinity")) {
            return MINUS_INFINITY;
        }
        try {
            return parse(text);
        } catch (IndexOutOfBoundsException e) {
            throw malformed();
        }
    }

    /**
     * Nanoseconds in microseconds.
     *
     * @throws DataException where that would cut a value
     */
    public static long exactMicros(long nanos) {
        if (nanos % 1000 != 0) {
            throw finer();
        }
        return nanos / 1000;
    }

    private static DataException finer() {
        return new DataException("a time is finer than microseconds, which the target's type does not hold");
    }

    private static long parse(String text) {
        int at = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
        int dash = text.indexOf('-', at);
        long year = number(text, at, dash < 0 ? text.length() : dash);
        year = text.charAt(0) == '-' ? -year : year;
        at = dash + 1;
        long days = daysOf(year, number(text, at, at + 2), number(text, at + 3, at + 5));
        expect(text, at + 2, '-');
        expect(text, at + 5, 'T');
        at += 6;
        long seconds = number(text, at, at + 2) * 3600 + number(text, at + 3, at + 5) * 60;
        expect(text, at + 2, ':');
        at += 5;
        if (text.charAt(at) == ':') {
            seconds += number(text, at + 1, at + 3);
            at += 3;
        }
        long micros = 0;
        if (text.charAt(at) == '.') {
            int end = at + 1;
            long unit = MICROS_PER_SECOND;
            while (end < text.length() && Character.isDigit(text.charAt(end))) {
                unit /= 10;
                if (unit == 0 && text.charAt(end) != '0') {
                    throw finer();
                }
                micros += (text.charAt(end) - '0') * unit;
                end++;
            }
            at = end;
        }
        seconds -= offset(text, at);
        return (days * 86_400 + seconds) * MICROS_PER_SECOND + micros;
    }

    private static long offset(String text, int at) {
        char sign = text.charAt(at);
        if (sign == 'Z' && at == text.length() - 1) {
            return 0;
        }
        if (sign != '+' && sign != '-') {
            throw malformed();
        }
        long seconds = number(text, at + 1, at + 3) * 3600;
        int next = at + 3;
        for (long unit = 60; next < text.length(); unit /= 60) {
            int begin = text.charAt(next) == ':' ? next + 1 : next;
            seconds += number(text, begin, begin + 2) * unit;
            next = begin + 2;
        }
        return sign == '-' ? -seconds : seconds;
    }

    /** Days since 1970-01-01 of a day in the proleptic Gregorian calendar, in which the year 0 is 1 BC. */
    private static long daysOf(long year, long month, long day) {
        if (month < 1 || month > 12 || day < 1 || day > 31) {
            throw malformed();
        }
        long shifted = month > 2 ? year : year - 1;
        long era = Math.floorDiv(shifted, 400L);
        long yearOfEra = shifted - era * 400;
        long dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097 + dayOfEra - 719_468;
    }

    private static long number(String text, int begin, int end) {
        long number = 0;
        if (begin >= end || end - begin > 9) {
            throw malformed();
        }
        for (int i = begin; i < end; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw malformed();
            }
            number = number * 10 + digit;
        }
        return number;
    }

    private static void expect(String text, int at, char wanted) {
        if (text.charAt(at) != wanted) {
            throw malformed();
        }
    }

    private static DataException malformed() {
        return new DataException("a timestamp is not of the form YYYY-MM-DDThh:mm:ss[.ffffff]Z");
    }
}
