package io.millrace.sink.warehouse.bigquery.encode;

import io.millrace.sink.value.JsonText;
import io.millrace.sink.value.SourceTime;
import java.time.LocalDate;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Dates and times. BigQuery's go from year 1 to year 9999: what lies outside, infinity among it, is refused, or kept as
 * text in columns that are made so.
 */
final class Temporals {
    private static final long FIRST_DAY = LocalDate.of(1, 1, 1).toEpochDay();
    private static final long LAST_DAY = LocalDate.of(9999, 12, 31).toEpochDay();
    private static final long FIRST_MICROS = FIRST_DAY * SourceTime.MICROS_PER_DAY;
    private static final long LAST_MICROS = (LAST_DAY + 1) * SourceTime.MICROS_PER_DAY - 1;

    private final boolean asText;

    /** @param asText whether dates and timestamps become text, which holds every value */
    Temporals(boolean asText) {
        this.asText = asText;
    }

    /** Null for schemas of other meanings. A duration is a number of microseconds, or of what else the source counts. */
    @Nullable
    Mapping of(String meaning, boolean zoned) {
        SourceTime time = SourceTime.of(meaning);
        if (time == null) {
            return null;
        }
        ToLongFunction<Object> number = time.number();
        return switch (time.kind()) {
            case DATE -> of("DATE", number, FIRST_DAY, LAST_DAY, SourceTime::dateText);
            case TIMESTAMP -> timestamp(number, zoned);
            case ZONED_TIMESTAMP -> timestamp(number, true);
            case TIME -> of("TIME", number, 0, SourceTime.MICROS_PER_DAY - 1, SourceTime::timeText);
            case DURATION -> null;
        };
    }

    private Mapping timestamp(ToLongFunction<Object> micros, boolean zoned) {
        return of(
                zoned ? "TIMESTAMP" : "DATETIME",
                micros,
                FIRST_MICROS,
                LAST_MICROS,
                value -> SourceTime.timestampText(value, zoned));
    }

    private Mapping of(String type, ToLongFunction<Object> number, long first, long last, LongFunction<String> text) {
        if (asText) {
            return Mapping.text(Mapping.STRING, value -> text.apply(number.applyAsLong(value)));
        }
        ToLongFunction<Object> checked = value -> {
            long found = number.applyAsLong(value);
            if (found < first || found > last) {
                throw new DataException("a value is infinite or outside of what BigQuery's " + type
                        + " holds; unrepresentable=text makes text columns of such types, in tables that it creates");
            }
            return found;
        };
        return Mapping.of(
                type,
                (value, out) -> out.putLong(checked.applyAsLong(value)),
                JsonText.quoted(value -> text.apply(number.applyAsLong(value))));
    }
}
