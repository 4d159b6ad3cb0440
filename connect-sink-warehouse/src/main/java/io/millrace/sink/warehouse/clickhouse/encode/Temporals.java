package io.millrace.sink.warehouse.clickhouse.encode;

import io.millrace.sink.destination.FieldEncoder;
import io.millrace.sink.value.JsonText;
import io.millrace.sink.value.SourceTime;
import java.time.LocalDate;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times. ClickHouse's types hold the years 1900 to 2299 and no infinity, so what lies outside is refused, or the
 * whole column is text. Its type for times of day is an experiment, so those are text, as are intervals.
 */
final class Temporals {
    static final String DATE = "Date32";
    static final String INSTANT = "DateTime64(6, 'UTC')";

    private static final long LEAST_DAY = LocalDate.of(1900, 1, 1).toEpochDay();
    private static final long BEYOND_DAY = LocalDate.of(2300, 1, 1).toEpochDay();

    private final boolean asText;

    Temporals(boolean asText) {
        this.asText = asText;
    }

    /** Null for schemas of other meanings. */
    @Nullable
    Mapping of(String meaning) {
        SourceTime time = SourceTime.of(meaning);
        if (time == null) {
            return null;
        }
        ToLongFunction<Object> number = time.number();
        return switch (time.kind()) {
            case DATE -> date(number);
            case TIMESTAMP -> timestamp(number, false);
            case ZONED_TIMESTAMP -> timestamp(number, true);
            case TIME -> Mapping.text(value -> SourceTime.timeText(number.applyAsLong(value)));
            case DURATION -> null;
        };
    }

    private Mapping date(ToLongFunction<Object> days) {
        FieldEncoder field = (value, out) ->
                RowBinary.int32((int) within(days.applyAsLong(value), LEAST_DAY, BEYOND_DAY, "a date"), out);
        return of(DATE, field, value -> SourceTime.dateText(days.applyAsLong(value)));
    }

    private Mapping timestamp(ToLongFunction<Object> micros, boolean zoned) {
        long least = LEAST_DAY * SourceTime.MICROS_PER_DAY;
        long beyond = BEYOND_DAY * SourceTime.MICROS_PER_DAY;
        FieldEncoder field =
                (value, out) -> RowBinary.int64(within(micros.applyAsLong(value), least, beyond, "a timestamp"), out);
        return of(INSTANT, field, value -> SourceTime.timestampText(micros.applyAsLong(value), zoned));
    }

    private Mapping of(String type, FieldEncoder field, Function<Object, String> text) {
        return asText ? Mapping.text(text) : Mapping.of(type, field, JsonText.quoted(text));
    }

    private static long within(long number, long least, long beyond, String what) {
        if (number < least || number >= beyond) {
            throw new DataException(
                    what
                            + " is infinite or not of the years 1900 to 2299, which ClickHouse's types hold; unrepresentable=text makes text columns of dates and timestamps, in tables that it creates");
        }
        return number;
    }
}
