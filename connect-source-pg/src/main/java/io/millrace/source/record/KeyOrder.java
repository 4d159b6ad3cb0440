package io.millrace.source.record;

import io.debezium.data.Uuid;
import io.debezium.time.Date;
import io.debezium.time.MicroTimestamp;
import io.debezium.time.Timestamp;
import io.debezium.time.ZonedTimestamp;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * The order of a table's keys as the records have them, where it is the server's: of numbers, times, uuid, and texts that
 * the server sorts by their bytes, which is for the caller to know. Immutable.
 */
public final class KeyOrder {
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", java.util.Locale.ROOT);
    private static final String INFINITY = "infinity";

    private final TableSchema schema;
    private final List<Column> columns;

    private record Column(Field field, Kind kind) {}

    private KeyOrder(TableSchema schema, List<Column> columns) {
        this.schema = schema;
        this.columns = columns;
    }

    private enum Kind {
        WHOLE,
        DECIMAL,
        TEXT,
        DATE,
        MILLIS,
        MICROS,
        ZONED;

        static @Nullable Kind of(Schema schema) {
            String name = schema.name();
            if (name == null) {
                return switch (schema.type()) {
                    case INT16, INT32, INT64 -> WHOLE;
                    case STRING -> TEXT;
                    default -> null;
                };
            }
            return switch (name) {
                case Uuid.LOGICAL_NAME -> TEXT;
                case Decimal.LOGICAL_NAME -> DECIMAL;
                case Date.SCHEMA_NAME -> DATE;
                case Timestamp.SCHEMA_NAME -> MILLIS;
                case MicroTimestamp.SCHEMA_NAME -> MICROS;
                case ZonedTimestamp.SCHEMA_NAME -> ZONED;
                default -> null;
            };
        }

        /** As something that is compared by {@link #ORDER}. */
        Object comparable(Object value) {
            return switch (this) {
                case WHOLE, DATE, MILLIS, MICROS -> ((Number) value).longValue();
                case DECIMAL -> value;
                case TEXT -> ((String) value).getBytes(StandardCharsets.UTF_8);
                case ZONED -> instant((String) value);
            };
        }

        /** As the server reads and writes it; null for what has a form of its own there. */
        @Nullable
        String text(Object value) {
            return switch (this) {
                case WHOLE -> String.valueOf(value);
                case DECIMAL -> ((BigDecimal) value).toPlainString();
                case TEXT -> (String) value;
                case DATE ->
                    inEra(
                            LocalDate.ofEpochDay(((Number) value).longValue()).atStartOfDay(),
                            DateTimeFormatter.ISO_DATE);
                case MILLIS -> time(Math.multiplyExact(((Number) value).longValue(), 1000L));
                case MICROS -> time(((Number) value).longValue());
                case ZONED -> zoned((String) value);
            };
        }
    }

    private static Instant instant(String value) {
        if (value.endsWith(INFINITY)) {
            return value.startsWith("-") ? Instant.MIN : Instant.MAX;
        }
        return OffsetDateTime.parse(value).toInstant();
    }

    private static @Nullable String zoned(String value) {
        if (value.endsWith(INFINITY)) {
            return null;
        }
        String text = inEra(
                OffsetDateTime.parse(value).atZoneSameInstant(ZoneOffset.UTC).toLocalDateTime(), TIMESTAMP);
        return text == null ? null : text + "+00";
    }

    private static @Nullable String time(long micros) {
        return inEra(
                LocalDateTime.ofEpochSecond(
                        Math.floorDiv(micros, 1_000_000L),
                        (int) Math.floorMod(micros, 1_000_000L) * 1000,
                        ZoneOffset.UTC),
                TIMESTAMP);
    }

    private static @Nullable String inEra(LocalDateTime time, DateTimeFormatter format) {
        return time.getYear() < 1 || time.getYear() > 9999 ? null : format.format(time);
    }

    /** Null unless these are columns of the records' key, of types that have an order here. */
    public static @Nullable KeyOrder of(TableSchema schema, List<String> names) {
        Schema key = schema.key();
        List<Column> columns = new ArrayList<>();
        for (String name : names) {
            Field field = key == null ? null : key.field(name);
            Kind kind = field == null ? null : Kind.of(field.schema());
            if (field == null || kind == null) {
                return null;
            }
            columns.add(new Column(field, kind));
        }
        return new KeyOrder(schema, columns);
    }

    /** A key's values as the server reads them; empty where one has no text that is known here. */
    public List<String> texts(Struct key) {
        List<String> texts = new ArrayList<>(columns.size());
        for (Column column : columns) {
            Object value = key.get(column.field.name());
            String text = value == null ? null : column.kind.text(value);
            if (text == null) {
                return List.of();
            }
            texts.add(text);
        }
        return texts;
    }

    /** A key to {@link #compare}. */
    public List<Object> values(Struct key) {
        List<Object> values = new ArrayList<>(columns.size());
        for (Column column : columns) {
            values.add(column.kind.comparable(key.get(column.field.name())));
        }
        return values;
    }

    /** The texts of the first columns of a key. */
    public List<Object> bound(List<String> texts) {
        List<Object> values = new ArrayList<>(texts.size());
        for (int i = 0; i < texts.size(); i++) {
            Column column = columns.get(i);
            values.add(column.kind.comparable(schema.keyValue(column.field.name(), texts.get(i))));
        }
        return values;
    }

    /** Whether a key lies before (negative) or behind (positive) those that begin with the bound's columns. */
    public static int compare(List<Object> key, List<Object> bound) {
        for (int i = 0; i < bound.size(); i++) {
            int order = ORDER.compare(key.get(i), bound.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    @SuppressWarnings("unchecked")
    private static final Comparator<Object> ORDER = (one, other) -> one instanceof byte[] bytes
            ? Arrays.compareUnsigned(bytes, (byte[]) other)
            : ((Comparable<Object>) one).compareTo(other);
}
