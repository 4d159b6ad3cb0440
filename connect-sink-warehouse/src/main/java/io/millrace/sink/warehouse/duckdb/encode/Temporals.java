package io.millrace.sink.warehouse.duckdb.encode;

import io.millrace.sink.destination.FieldEncoder;
import io.millrace.sink.value.Instants;
import io.millrace.sink.value.Interval;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times in DuckDB's units: days and microseconds since 1970-01-01, with infinity at the ends. Debezium's
 * encodings of infinity are its values beyond what Postgres can store, so whatever lies there is infinity.
 */
final class Temporals {
    static final long INFINITE = Long.MAX_VALUE;

    private static final long MICROS_PER_DAY = 86_400_000_000L;
    private static final int INFINITE_DAYS = Integer.MAX_VALUE;
    /** 4714-11-24 BC, the first day that Postgres knows, and its last date, 5874897-12-31. */
    private static final long FIRST_DAY = -2_440_588;

    private static final long LAST_DAY = 2_145_042_905;
    private static final long FIRST_MICROS = -210_866_803_200_000_000L;
    /** What Debezium writes for infinity in microseconds, and what lies behind Postgres's last millisecond. */
    private static final long INFINITE_MICROS = 9_223_371_331_200_000_000L;

    private static final long END_MILLIS = 9_224_318_016_000_000L;
    private static final String TIMESTAMP = "TIMESTAMP";
    private static final String ZONED = "TIMESTAMP WITH TIME ZONE";

    private Temporals() {}

    /** Null for schemas of other meanings. */
    static @Nullable Mapping of(String meaning, boolean zoned) {
        return switch (meaning) {
            case "io.debezium.time.Date" -> date(value -> (Integer) value);
            case "org.apache.kafka.connect.data.Date" ->
                date(value -> Math.floorDiv(((Date) value).getTime(), 86_400_000L));
            case "io.debezium.time.Timestamp" -> timestamp(zoned, value -> fromMillis((Long) value));
            case "io.debezium.time.MicroTimestamp" -> timestamp(zoned, value -> fromMicros((Long) value));
            case "io.debezium.time.NanoTimestamp" -> timestamp(zoned, value -> fromNanos((Long) value));
            case "org.apache.kafka.connect.data.Timestamp" ->
                timestamp(zoned, value -> fromMillis(((Date) value).getTime()));
            case "io.debezium.time.ZonedTimestamp" -> timestamp(true, value -> instant((String) value));
            case "io.debezium.time.Time" -> time(value -> (Integer) value * 1000L);
            case "io.debezium.time.MicroTime" -> time(value -> (Long) value);
            case "io.debezium.time.NanoTime" -> time(value -> Instants.exactMicros((Long) value));
            case "org.apache.kafka.connect.data.Time" -> time(value -> ((Date) value).getTime() * 1000L);
            case "io.debezium.time.MicroDuration" -> interval(value -> new Interval(0, 0, (Long) value));
            case "io.debezium.time.NanoDuration" ->
                interval(value -> new Interval(0, 0, Instants.exactMicros((Long) value)));
            default -> null;
        };
    }

    static Mapping interval() {
        return interval(value -> Interval.parse((String) value));
    }

    private static Mapping interval(Function<Object, Interval> interval) {
        return text("INTERVAL", value -> intervalText(interval.apply(value)));
    }

    /** Debezium writes times with a zone in UTC, with a Z that DuckDB does not read. */
    static Mapping zonedTime() {
        return text("TIME WITH TIME ZONE", value -> {
            String time = (String) value;
            return time.endsWith("Z") ? time.substring(0, time.length() - 1) + "+00" : time;
        });
    }

    private static Mapping text(String type, Function<Object, String> text) {
        return Mapping.text(
                type,
                (value, out) -> out.put(text.apply(value).getBytes(StandardCharsets.UTF_8)),
                JsonText.quoted(text));
    }

    private static Mapping date(ToLongFunction<Object> sinceEpoch) {
        ToLongFunction<Object> days = value -> days(sinceEpoch.applyAsLong(value));
        FieldEncoder field = (value, out) -> out.putInt((int) days.applyAsLong(value));
        return Mapping.plain("DATE", field, JsonText.quoted(value -> dateText(days.applyAsLong(value))));
    }

    private static Mapping time(ToLongFunction<Object> micros) {
        return Mapping.plain(
                "TIME",
                (value, out) -> out.putLong(micros.applyAsLong(value)),
                JsonText.quoted(value -> timeText(micros.applyAsLong(value))));
    }

    private static Mapping timestamp(boolean zoned, ToLongFunction<Object> micros) {
        return Mapping.plain(
                zoned ? ZONED : TIMESTAMP,
                (value, out) -> out.putLong(micros.applyAsLong(value)),
                JsonText.quoted(value -> timestampText(micros.applyAsLong(value), zoned)));
    }

    private static long days(long sinceEpoch) {
        if (sinceEpoch < FIRST_DAY) {
            return -INFINITE_DAYS;
        }
        return sinceEpoch > LAST_DAY ? INFINITE_DAYS : sinceEpoch;
    }

    private static long fromMicros(long sinceEpoch) {
        if (sinceEpoch < FIRST_MICROS) {
            return -INFINITE;
        }
        return sinceEpoch >= INFINITE_MICROS ? INFINITE : sinceEpoch;
    }

    private static long fromMillis(long sinceEpoch) {
        if (sinceEpoch < FIRST_MICROS / 1000) {
            return -INFINITE;
        }
        if (sinceEpoch < END_MILLIS && sinceEpoch > Long.MAX_VALUE / 1000 - 1) {
            throw beyond();
        }
        return sinceEpoch >= END_MILLIS ? INFINITE : sinceEpoch * 1000;
    }

    private static long fromNanos(long sinceEpoch) {
        if (sinceEpoch == Long.MAX_VALUE || sinceEpoch == Long.MIN_VALUE) {
            return sinceEpoch > 0 ? INFINITE : -INFINITE;
        }
        return Instants.exactMicros(sinceEpoch);
    }

    private static long instant(String text) {
        long micros = Instants.micros(text);
        if (micros == Instants.MINUS_INFINITY) {
            return -INFINITE;
        }
        if (micros != Instants.INFINITY && micros < FIRST_MICROS) {
            // A year too large for 64 bits has come out at the other end.
            throw beyond();
        }
        return micros;
    }

    private static DataException beyond() {
        return new DataException("a timestamp is later than 294247-01-10, DuckDB's last");
    }

    private static String intervalText(Interval interval) {
        if ((int) interval.months() != interval.months() || (int) interval.days() != interval.days()) {
            throw new DataException("an interval has more months or days than 32 bits hold");
        }
        return interval.months() + " months " + interval.days() + " days " + interval.micros() + " microseconds";
    }

    private static String dateText(long days) {
        if (Math.abs(days) == INFINITE_DAYS) {
            return days > 0 ? "infinity" : "-infinity";
        }
        LocalDate date = LocalDate.ofEpochDay(days);
        int year = date.getYear();
        return String.format("%04d-%02d-%02d", year > 0 ? year : 1 - year, date.getMonthValue(), date.getDayOfMonth())
                + (year > 0 ? "" : " (BC)");
    }

    private static String timeText(long micros) {
        return micros == MICROS_PER_DAY
                ? "24:00:00"
                : DateTimeFormatter.ISO_LOCAL_TIME.format(LocalTime.ofNanoOfDay(micros * 1000));
    }

    private static String timestampText(long micros, boolean zoned) {
        if (Math.abs(micros) == INFINITE) {
            return micros > 0 ? "infinity" : "-infinity";
        }
        String text =
                dateText(Math.floorDiv(micros, MICROS_PER_DAY)) + " " + timeText(Math.floorMod(micros, MICROS_PER_DAY));
        return zoned ? text + "+00" : text;
    }
}
