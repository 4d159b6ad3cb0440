package io.millrace.source.record;

import io.debezium.time.Date;
import io.debezium.time.MicroTimestamp;
import io.debezium.time.Timestamp;
import io.debezium.time.ZonedTimestamp;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/** A key's values, as records have them, in the text form that the server reads as its column's type. */
final class KeyText {
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);
    private static final int LAST_YEAR = 9999;
    private static final long MICROS = 1_000_000;

    private KeyText() {}

    /** Null for a value whose text is not known here: of other types, and times outside the years 1 to 9999. */
    static @Nullable String of(Schema schema, @Nullable Object value) {
        String name = schema.name();
        if (value == null) {
            return null;
        }
        if (value instanceof String text) {
            return ZonedTimestamp.SCHEMA_NAME.equals(name) ? zoned(text) : text;
        }
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        if (name == null) {
            return value instanceof Boolean || value instanceof Number ? String.valueOf(value) : null;
        }
        if (!(value instanceof Number number)) {
            return null;
        }
        return switch (name) {
            case Date.SCHEMA_NAME ->
                inEra(LocalDate.ofEpochDay(number.longValue()).atStartOfDay(), DateTimeFormatter.ISO_DATE);
            case Timestamp.SCHEMA_NAME -> time(number.longValue(), MICROS / 1000);
            case MicroTimestamp.SCHEMA_NAME -> time(number.longValue(), MICROS);
            default -> null;
        };
    }

    private static @Nullable String time(long units, long perSecond) {
        int nanos = (int) (Math.floorMod(units, perSecond) * (1_000 * MICROS / perSecond));
        try {
            return inEra(
                    LocalDateTime.ofEpochSecond(Math.floorDiv(units, perSecond), nanos, ZoneOffset.UTC), TIMESTAMP);
        } catch (DateTimeException e) {
            // Infinity, as a number.
            return null;
        }
    }

    private static @Nullable String zoned(String value) {
        try {
            String text = inEra(
                    OffsetDateTime.parse(value)
                            .atZoneSameInstant(ZoneOffset.UTC)
                            .toLocalDateTime(),
                    TIMESTAMP);
            return text == null ? null : text + "+00";
        } catch (DateTimeException e) {
            // The server's own words for the ends of time are the records' too.
            return value.equals("infinity") || value.equals("-infinity") ? value : null;
        }
    }

    private static @Nullable String inEra(LocalDateTime time, DateTimeFormatter format) {
        return time.getYear() < 1 || time.getYear() > LAST_YEAR ? null : format.format(time);
    }
}
