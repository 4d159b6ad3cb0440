package io.millrace.sink.value;

import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * A column of dates or times as Debezium and Connect write them, whatever their unit. Debezium's encodings of infinity are
 * its values beyond what Postgres can store, so whatever lies there is infinity.
 *
 * @param number reads a value of the column: days since 1970-01-01 of a date, microseconds of all others, since 1970 of a
 *     timestamp and since midnight of a time; {@link #INFINITY} or its negative for infinite dates and timestamps.
 *     {@link DataException} for what lies between two microseconds, or is too late for them
 */
public record SourceTime(Kind kind, ToLongFunction<Object> number) {
    public static final long INFINITY = Long.MAX_VALUE;

    public static final long MICROS_PER_DAY = 86_400_000_000L;

    /** 4714-11-24 BC, the first day that Postgres knows, and its last date, 5874897-12-31. */
    private static final long FIRST_DAY = -2_440_588;

    private static final long LAST_DAY = 2_145_042_905;
    private static final long FIRST_MICROS = -210_866_803_200_000_000L;
    /** What Debezium writes for infinity in microseconds, and what lies behind Postgres's last millisecond. */
    private static final long INFINITE_MICROS = 9_223_371_331_200_000_000L;

    private static final long END_MILLIS = 9_224_318_016_000_000L;

    /** What the numbers count. */
    public enum Kind {
        DATE,
        /** Without a zone. */
        TIMESTAMP,
        /** An instant. */
        ZONED_TIMESTAMP,
        TIME,
        DURATION
    }

    /** The column whose schema has this name; null for schemas of other meanings. */
    public static @Nullable SourceTime of(String meaning) {
        return switch (meaning) {
            case "io.debezium.time.Date" -> new SourceTime(Kind.DATE, value -> days((Integer) value));
            case "org.apache.kafka.connect.data.Date" ->
                new SourceTime(Kind.DATE, value -> days(Math.floorDiv(((Date) value).getTime(), 86_400_000L)));
            case "io.debezium.time.Timestamp" -> new SourceTime(Kind.TIMESTAMP, value -> fromMillis((Long) value));
            case "io.debezium.time.MicroTimestamp" -> new SourceTime(Kind.TIMESTAMP, value -> fromMicros((Long) value));
            case "io.debezium.time.NanoTimestamp" -> new SourceTime(Kind.TIMESTAMP, value -> fromNanos((Long) value));
            case "org.apache.kafka.connect.data.Timestamp" ->
                new SourceTime(Kind.TIMESTAMP, value -> fromMillis(((Date) value).getTime()));
            case "io.debezium.time.ZonedTimestamp" ->
                new SourceTime(Kind.ZONED_TIMESTAMP, value -> instant((String) value));
            case "io.debezium.time.Time" -> new SourceTime(Kind.TIME, value -> (Integer) value * 1000L);
            case "io.debezium.time.MicroTime" -> new SourceTime(Kind.TIME, value -> (Long) value);
            case "io.debezium.time.NanoTime" -> new SourceTime(Kind.TIME, value -> Instants.exactMicros((Long) value));
            case "org.apache.kafka.connect.data.Time" ->
                new SourceTime(Kind.TIME, value -> ((Date) value).getTime() * 1000L);
            case "io.debezium.time.MicroDuration" -> new SourceTime(Kind.DURATION, value -> (Long) value);
            case "io.debezium.time.NanoDuration" ->
                new SourceTime(Kind.DURATION, value -> Instants.exactMicros((Long) value));
            default -> null;
        };
    }

    private static long days(long sinceEpoch) {
        if (sinceEpoch < FIRST_DAY) {
            return -INFINITY;
        }
        return sinceEpoch > LAST_DAY ? INFINITY : sinceEpoch;
    }

    private static long fromMicros(long sinceEpoch) {
        if (sinceEpoch < FIRST_MICROS) {
            return -INFINITY;
        }
        return sinceEpoch >= INFINITE_MICROS ? INFINITY : sinceEpoch;
    }

    private static long fromMillis(long sinceEpoch) {
        if (sinceEpoch < FIRST_MICROS / 1000) {
            return -INFINITY;
        }
        if (sinceEpoch < END_MILLIS && sinceEpoch > Long.MAX_VALUE / 1000 - 1) {
            throw tooLate();
        }
        return sinceEpoch >= END_MILLIS ? INFINITY : sinceEpoch * 1000;
    }

    private static long fromNanos(long sinceEpoch) {
        if (sinceEpoch == Long.MAX_VALUE || sinceEpoch == Long.MIN_VALUE) {
            return sinceEpoch > 0 ? INFINITY : -INFINITY;
        }
        return Instants.exactMicros(sinceEpoch);
    }

    private static long instant(String text) {
        long micros = Instants.micros(text);
        if (micros == Instants.MINUS_INFINITY) {
            return -INFINITY;
        }
        if (micros != Instants.INFINITY && micros < FIRST_MICROS) {
            // A year too large for 64 bits has come out at the other end.
            throw tooLate();
        }
        return micros;
    }

    private static DataException tooLate() {
        return new DataException("a timestamp is later than 294247-01-10, the last in microseconds");
    }

    /** A day as Postgres writes it. */
    public static String dateText(long days) {
        if (Math.abs(days) == INFINITY) {
            return infinity(days);
        }
        LocalDate date = LocalDate.ofEpochDay(days);
        return dayText(date) + era(date);
    }

    /**
     * A time of day as Postgres writes it, 24:00:00 included.
     *
     * @throws DataException for one that is none
     */
    public static String timeText(long micros) {
        if (micros < 0 || micros > MICROS_PER_DAY) {
            throw new DataException("a time of day is not between 00:00:00 and 24:00:00");
        }
        return micros == MICROS_PER_DAY
                ? "24:00:00"
                : DateTimeFormatter.ISO_LOCAL_TIME.format(LocalTime.ofNanoOfDay(micros * 1000));
    }

    /** A timestamp as Postgres writes it, with its zone in UTC. */
    public static String timestampText(long micros, boolean zoned) {
        if (Math.abs(micros) == INFINITY) {
            return infinity(micros);
        }
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(micros, MICROS_PER_DAY));
        return dayText(date) + " " + timeText(Math.floorMod(micros, MICROS_PER_DAY)) + (zoned ? "+00" : "") + era(date);
    }

    private static String infinity(long number) {
        return number > 0 ? "infinity" : "-infinity";
    }

    private static String dayText(LocalDate date) {
        int year = date.getYear();
        return String.format(
                Locale.ROOT, "%04d-%02d-%02d", year > 0 ? year : 1 - year, date.getMonthValue(), date.getDayOfMonth());
    }

    private static String era(LocalDate date) {
        return date.getYear() > 0 ? "" : " BC";
    }
}
