package io.millrace.source.codec;

/** Postgres counts days and microseconds from 2000-01-01 and keeps the ends of the range for infinity. */
final class PostgresTime {
    static final long MICROS_PER_DAY = 86_400_000_000L;
    /** 2000-01-01 in days since 1970-01-01. */
    static final int EPOCH_DAY = 10_957;

    static final long EPOCH_MICROS = EPOCH_DAY * MICROS_PER_DAY;

    /** A date or timestamp: the int64 or int32 maximum on the wire. */
    static final long INFINITY = Long.MAX_VALUE;

    static final long NEGATIVE_INFINITY = Long.MIN_VALUE;

    private PostgresTime() {}

    /** Microseconds since 1970 of a binary timestamp; both infinities stay what they are. */
    static long timestamp(byte[] buffer, int offset, int length) {
        Malformed.length(8, length);
        long value = BigEndian.int64(buffer, offset);
        if (value == INFINITY || value == NEGATIVE_INFINITY) {
            return value;
        }
        return Math.addExact(value, EPOCH_MICROS);
    }

    static boolean isInfinite(long value) {
        return value == INFINITY || value == NEGATIVE_INFINITY;
    }

    /** Days since 1970 in the proleptic Gregorian calendar; year 0 is 1 BC. */
    static long epochDay(int year, int month, int day) {
        // Years begin in March, so that the leap day is the last one; eras of 400 years have equal length.
        long shifted = month <= 2 ? year - 1L : year;
        long era = Math.floorDiv(shifted, 400L);
        long yearOfEra = shifted - era * 400;
        long dayOfYear = (153L * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097 + dayOfEra - 719_468;
    }
}
