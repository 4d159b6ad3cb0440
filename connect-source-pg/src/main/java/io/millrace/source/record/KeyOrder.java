package io.millrace.source.record;

import io.debezium.data.Uuid;
import io.debezium.time.Date;
import io.debezium.time.MicroTimestamp;
import io.debezium.time.Timestamp;
import io.debezium.time.ZonedTimestamp;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
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
    private static final int TEXT_TYPE = 25;
    private static final int VARCHAR_TYPE = 1043;
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
        ZONED,
        /** A text that the server sorts as something else. */
        OTHER;

        /** @param type OID of the column's */
        static @Nullable Kind of(Schema schema, int type) {
            String name = schema.name();
            if (name == null) {
                return switch (schema.type()) {
                    case INT16, INT32, INT64 -> WHOLE;
                    case STRING -> type == TEXT_TYPE || type == VARCHAR_TYPE ? TEXT : OTHER;
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
                case OTHER -> throw new IllegalStateException("these keys have no order here");
            };
        }
    }

    private static Instant instant(String value) {
        if (value.endsWith(INFINITY)) {
            return value.startsWith("-") ? Instant.MIN : Instant.MAX;
        }
        return OffsetDateTime.parse(value).toInstant();
    }

    /** Null unless these are columns of the records' key, of types that have a text here. */
    public static @Nullable KeyOrder of(TableSchema schema, List<String> names) {
        List<Column> columns = new ArrayList<>();
        for (String name : names) {
            Field field = schema.keyField(name);
            Kind kind = field == null ? null : Kind.of(field.schema(), schema.keyType(name));
            if (field == null || kind == null) {
                return null;
            }
            columns.add(new Column(field, kind));
        }
        return new KeyOrder(schema, columns);
    }

    /** Whether keys can be compared: else they have only texts, as a number has that is a string in records. */
    public boolean sorts() {
        return columns.stream().noneMatch(column -> column.kind == Kind.OTHER);
    }

    /** A key's values as the server reads them; empty where one has no text that is known here. */
    public List<String> texts(Struct key) {
        List<String> texts = new ArrayList<>(columns.size());
        for (Column column : columns) {
            String text = KeyText.of(column.field.schema(), key.get(column.field.name()));
            if (text == null || column.kind == Kind.ZONED && text.endsWith(INFINITY)) {
                return List.of();
            }
            texts.add(text);
        }
        return texts;
    }

    /** A key to {@link #compare}, where keys {@linkplain #sorts can be}. */
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
