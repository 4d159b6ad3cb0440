package io.millrace.source.codec;

import java.time.Instant;

/** Postgres counts days and microseconds from 2000-01-01 and keeps the ends of the range for infinity. */
final class PostgresTime {
    static final long MICROS_PER_DAY = 86_400_000_000L;
    /** 2000-01-01 in days since 1970-01-01. */
    static final int EPOCH_DAY = 10_957;

    static final long EPOCH_SECOND = EPOCH_DAY * 86_400L;
    private static final long EPOCH_MICROS = EPOCH_DAY * MICROS_PER_DAY;

    /** A date or timestamp: the int64 or int32 maximum on the wire. */
    static final long INFINITY = Long.MAX_VALUE;

    static final long NEGATIVE_INFINITY = Long.MIN_VALUE;

    private PostgresTime() {}

    /** Microseconds since 2000, or an infinity. */
    static long timestamp(byte[] buffer, int offset, int length) {
        Malformed.length(8, length);
        return BigEndian.int64(buffer, offset);
    }

    /** Microseconds since 1970; the last 30 years of Postgres's range do not fit. */
    static long unixMicros(long micros) {
        if (micros > Long.MAX_VALUE - EPOCH_MICROS) {
            throw new Malformed("a time after the year 294246 does not fit microseconds since 1970");
        }
        return micros + EPOCH_MICROS;
    }

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(
                Math.floorDiv(micros, 1_000_000L) + EPOCH_SECOND, Math.floorMod(micros, 1_000_000L) * 1000);
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

    /** The day of the proleptic Gregorian calendar, to be taken apart by {@link #year}, {@link #month} and {@link #day}. */
    static long civil(long epochDay) {
        // The inverse of epochDay.
        long shifted = epochDay + 719_468;
        long era = Math.floorDiv(shifted, 146_097L);
        int dayOfEra = (int) (shifted - era * 146_097);
        int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int shiftedMonth = (5 * dayOfYear + 2) / 153;
        int day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1;
        int month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
        long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        return year << 16 | month << 8 | day;
    }

    static int year(long civil) {
        return (int) (civil >> 16);
    }

    static int month(long civil) {
        return (int) (civil >> 8) & 0xFF;
    }

    static int day(long civil) {
        return (int) civil & 0xFF;
    }
}
