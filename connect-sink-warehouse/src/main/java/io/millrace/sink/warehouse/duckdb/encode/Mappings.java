package io.millrace.sink.warehouse.duckdb.encode;

import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.SourceType;
import io.millrace.sink.value.JsonText;
import io.millrace.sink.value.Numbers;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Chooses how a column is staged and what it becomes, by the meaning of its schema (Debezium's semantic types, Connect's
 * logical ones) and by the source's own type. Every value is kept exactly or refused.
 *
 * @see <a href="https://duckdb.org/docs/stable/sql/data_types/overview">Data Types</a>
 */
public final class Mappings {
    private static final int MAX_BITS = 1 << 20;

    private final Decimals decimals;

    /** @param wideNumbersAsText whether numbers that no DECIMAL holds for certain become text columns */
    public Mappings(boolean wideNumbersAsText) {
        decimals = new Decimals(wideNumbersAsText);
    }

    public Mapping of(SourceColumn column) {
        return of(column.schema(), column.type());
    }

    Mapping of(Schema schema, @Nullable SourceType type) {
        String tag = type == null ? "" : type.name();
        Mapping number = decimals.of(schema, type);
        if (number != null) {
            return number;
        }
        if (schema.name() != null) {
            Mapping named = named(schema, tag, type);
            if (named != null) {
                return named;
            }
        }
        return switch (schema.type()) {
            case BOOLEAN -> tag.equals("BIT") ? bit() : bool();
            case INT8 -> number("TINYINT", (value, out) -> out.putByte((Byte) value));
            case INT16 -> number("SMALLINT", (value, out) -> out.putShort((Short) value));
            case INT32 -> number("INTEGER", (value, out) -> out.putInt((Integer) value));
            case INT64 -> number("BIGINT", (value, out) -> out.putLong((Long) value));
            case FLOAT32 ->
                Mapping.number(
                        "FLOAT",
                        (value, out) -> out.putInt(Float.floatToIntBits((Float) value)),
                        // Minus zero and zero are one key.
                        (value, out) -> out.putInt(Float.floatToIntBits((Float) value + 0f)),
                        JsonText::approximate);
            case FLOAT64 ->
                Mapping.number(
                        "DOUBLE",
                        (value, out) -> out.putLong(Double.doubleToLongBits((Double) value)),
                        (value, out) -> out.putLong(Double.doubleToLongBits((Double) value + 0d)),
                        JsonText::approximate);
            case STRING -> text(Mapping.TEXT);
            case BYTES -> Mapping.plain("BLOB", (value, out) -> out.put(Numbers.bytes(value)), Nested::blob);
            case ARRAY -> Nested.list(of(schema.valueSchema(), SourceType.ofElement(schema.valueSchema(), type)));
            case MAP -> Nested.map(of(schema.keySchema(), null), of(schema.valueSchema(), null));
            case STRUCT -> Nested.struct(schema, field -> of(field, SourceType.of(field)));
        };
    }

    private @Nullable Mapping named(Schema schema, String tag, @Nullable SourceType type) {
        return switch (schema.name()) {
            case "io.debezium.data.Uuid" -> Mapping.plain("UUID", Nested::uuid, JsonText.quoted(String::valueOf));
            case "io.debezium.data.Json" -> text("JSON");
            case "io.debezium.data.Bits" -> bits(schema, type);
            case "io.debezium.time.Interval" -> Temporals.interval();
            case "io.debezium.time.ZonedTime" -> Temporals.zonedTime();
            default -> Temporals.of(schema.name(), tag.equals("TIMESTAMPTZ"));
        };
    }

    private static Mapping bool() {
        return Mapping.number(
                "BOOLEAN",
                (value, out) -> out.putByte((Boolean) value ? 1 : 0),
                (value, out) -> out.putByte((Boolean) value ? 1 : 0),
                (value, out) -> out.append(value));
    }

    private static Mapping number(String type, io.millrace.sink.destination.FieldEncoder field) {
        return Mapping.number(type, field, field, (value, out) -> out.append(value));
    }

    static Mapping text(String type) {
        return Mapping.text(
                type,
                (value, out) -> out.put(((String) value).getBytes(StandardCharsets.UTF_8)),
                JsonText.quoted(String::valueOf));
    }

    private static Mapping bit() {
        return Mapping.text(
                "BIT",
                (value, out) -> out.putByte((Boolean) value ? '1' : '0'),
                JsonText.quoted(value -> (Boolean) value ? "1" : "0"));
    }

    private static Mapping bits(Schema schema, @Nullable SourceType type) {
        int width = Numbers.bitWidth(schema, type, MAX_BITS - 1);
        if (width == 0) {
            return Mapping.plain("BLOB", (value, out) -> out.put(Numbers.bytes(value)), Nested::blob);
        }
        return Mapping.text(
                "BIT",
                (value, out) -> out.put(Numbers.bits(value, width).getBytes(StandardCharsets.US_ASCII)),
                JsonText.quoted(value -> Numbers.bits(value, width)));
    }
}
