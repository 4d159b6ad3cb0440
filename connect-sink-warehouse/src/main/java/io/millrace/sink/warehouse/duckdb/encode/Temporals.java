package io.millrace.sink.warehouse.duckdb.encode;

import io.millrace.sink.destination.FieldEncoder;
import io.millrace.sink.value.Interval;
import io.millrace.sink.value.JsonText;
import io.millrace.sink.value.SourceTime;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/** Dates and times in DuckDB's units: days and microseconds since 1970-01-01, with infinity at the ends. */
final class Temporals {
    private static final int INFINITE_DAYS = Integer.MAX_VALUE;
    private static final String TIMESTAMP = "TIMESTAMP";
    private static final String ZONED = "TIMESTAMP WITH TIME ZONE";

    private Temporals() {}

    /** Null for schemas of other meanings. */
    static @Nullable Mapping of(String meaning, boolean zoned) {
        SourceTime time = SourceTime.of(meaning);
        if (time == null) {
            return null;
        }
        ToLongFunction<Object> number = time.number();
        return switch (time.kind()) {
            case DATE -> date(number);
            case TIMESTAMP -> timestamp(zoned, number);
            case ZONED_TIMESTAMP -> timestamp(true, number);
            case TIME -> time(number);
            case DURATION -> interval(value -> new Interval(0, 0, number.applyAsLong(value)));
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

    private static Mapping date(ToLongFunction<Object> days) {
        FieldEncoder field = (value, out) -> out.putInt(day(days.applyAsLong(value)));
        return Mapping.plain("DATE", field, JsonText.quoted(value -> dateText(days.applyAsLong(value))));
    }

    private static int day(long days) {
        if (Math.abs(days) == SourceTime.INFINITY) {
            return days > 0 ? INFINITE_DAYS : -INFINITE_DAYS;
        }
        return (int) days;
    }

    private static Mapping time(ToLongFunction<Object> micros) {
        return Mapping.plain(
                "TIME",
                (value, out) -> out.putLong(micros.applyAsLong(value)),
                JsonText.quoted(value -> SourceTime.timeText(micros.applyAsLong(value))));
    }

    /** DuckDB's infinities are {@link SourceTime#INFINITY} and its negative. */
    private static Mapping timestamp(boolean zoned, ToLongFunction<Object> micros) {
        return Mapping.plain(
                zoned ? ZONED : TIMESTAMP,
                (value, out) -> out.putLong(micros.applyAsLong(value)),
                JsonText.quoted(value -> timestampText(micros.applyAsLong(value), zoned)));
    }

    private static String intervalText(Interval interval) {
        if ((int) interval.months() != interval.months() || (int) interval.days() != interval.days()) {
            throw new DataException("an interval has more months or days than 32 bits hold");
        }
        return interval.months() + " months " + interval.days() + " days " + interval.micros() + " microseconds";
    }

    /** DuckDB has the era in brackets, and in a timestamp before the time. */
    private static String dateText(long days) {
        return SourceTime.dateText(days).replace(" BC", " (BC)");
    }

    private static String timestampText(long micros, boolean zoned) {
        if (Math.abs(micros) == SourceTime.INFINITY) {
            return SourceTime.timestampText(micros, zoned);
        }
        String text = dateText(Math.floorDiv(micros, SourceTime.MICROS_PER_DAY)) + " "
                + SourceTime.timeText(Math.floorMod(micros, SourceTime.MICROS_PER_DAY));
        return zoned ? text + "+00" : text;
    }
}
