package io.millrace.sink.warehouse.snowflake.encode;

import io.millrace.sink.value.JsonText;
import io.millrace.sink.value.SourceTime;
import java.time.LocalDate;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times. Only the years 1 to 9999 are promised by Snowflake, and there is no infinity: what lies outside is
 * refused, or kept as text in columns that are made so.
 *
 * @see <a href="https://docs.snowflake.com/en/sql-reference/data-types-datetime">Date and time data types</a>
 */
final class Temporals {
    private static final long FIRST_DAY = LocalDate.of(1, 1, 1).toEpochDay();
    private static final long END_DAY = LocalDate.of(10_000, 1, 1).toEpochDay();

    private final boolean asText;

    /** @param asText whether dates, times and timestamps become text, which holds every value */
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
        long day = SourceTime.MICROS_PER_DAY;
        return switch (time.kind()) {
            case DATE -> of(Mapping.DATE, number, FIRST_DAY, END_DAY, SourceTime::dateText);
            case TIMESTAMP ->
                of(
                        Mapping.TIMESTAMP,
                        number,
                        FIRST_DAY * day,
                        END_DAY * day,
                        micros -> SourceTime.timestampText(micros, false));
            case ZONED_TIMESTAMP ->
                of(
                        Mapping.INSTANT,
                        number,
                        FIRST_DAY * day,
                        END_DAY * day,
                        micros -> SourceTime.timestampText(micros, true));
            case TIME -> time(number);
            case DURATION -> null;
        };
    }

    private Mapping time(ToLongFunction<Object> micros) {
        if (asText) {
            return Mapping.text(Mapping.TEXT, value -> SourceTime.timeText(micros.applyAsLong(value)));
        }
        return Mapping.text(
                Mapping.TIME,
                value -> SourceTime.timeText(
                        within(micros.applyAsLong(value), 0, SourceTime.MICROS_PER_DAY, Mapping.TIME)));
    }

    private Mapping of(String type, ToLongFunction<Object> number, long first, long end, LongFunction<String> text) {
        if (asText) {
            return Mapping.text(Mapping.TEXT, value -> text.apply(number.applyAsLong(value)));
        }
        return Mapping.of(
                type,
                (value, out) -> out.putLong(within(number.applyAsLong(value), first, end, type)),
                JsonText.quoted(value -> text.apply(number.applyAsLong(value))));
    }

    private static long within(long number, long first, long end, String type) {
        if (number < first || number >= end) {
            throw new DataException("a value is infinite or outside of what Snowflake's " + type
                    + " holds; unrepresentable=text makes text columns of such types, in tables that it creates");
        }
        return number;
    }
}
