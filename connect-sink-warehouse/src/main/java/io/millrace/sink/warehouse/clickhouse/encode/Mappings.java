package io.millrace.sink.warehouse.clickhouse.encode;

import io.millrace.sink.destination.RowBytes;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.SourceType;
import io.millrace.sink.value.JsonText;
import io.millrace.sink.value.NestedJson;
import io.millrace.sink.value.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Chooses what a column becomes, by the meaning of its schema (Debezium's semantic types, Connect's logical ones) and by
 * the source's own type. Every value is kept exactly or refused.
 *
 * <p>Lists, maps and structs become text that holds JSON: a ClickHouse array cannot be NULL, and its JSON type keeps
 * neither the order of names nor repeated ones.
 *
 * @see <a href="https://clickhouse.com/docs/sql-reference/data-types">Data types</a>
 */
public final class Mappings {
    private static final int MAX_BITS = 1 << 20;

    private final Decimals decimals;
    private final Temporals temporals;

    /** @param asText whether columns of which no type holds every value become text */
    public Mappings(boolean asText) {
        decimals = new Decimals(asText);
        temporals = new Temporals(asText);
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
        Mapping named = schema.name() == null ? null : named(schema, type);
        if (named != null) {
            return named;
        }
        return switch (schema.type()) {
            case BOOLEAN -> tag.equals("BIT") ? Mapping.text(value -> (Boolean) value ? "1" : "0") : bool();
            case INT8 -> Mapping.number("Int8", (value, out) -> out.putByte((Byte) value));
            case INT16 -> Mapping.number("Int16", (value, out) -> RowBinary.int16((Short) value, out));
            case INT32 -> Mapping.number("Int32", (value, out) -> RowBinary.int32((Integer) value, out));
            case INT64 -> Mapping.number("Int64", (value, out) -> RowBinary.int64((Long) value, out));
            case FLOAT32 ->
                new Mapping(
                        "Float32",
                        (value, out) -> RowBinary.int32(Float.floatToIntBits((Float) value), out),
                        // Minus zero and zero are one key.
                        (value, out) -> RowBinary.int32(Float.floatToIntBits((Float) value + 0f), out),
                        JsonText::approximate);
            case FLOAT64 ->
                new Mapping(
                        "Float64",
                        (value, out) -> RowBinary.int64(Double.doubleToLongBits((Double) value), out),
                        (value, out) -> RowBinary.int64(Double.doubleToLongBits((Double) value + 0d), out),
                        JsonText::approximate);
            case STRING -> Mapping.text(String.class::cast);
            case BYTES ->
                Mapping.of(
                        Mapping.TEXT,
                        (value, out) -> RowBinary.bytes(Numbers.bytes(value), out),
                        Mappings::hexadecimal);
            case ARRAY ->
                nested(NestedJson.list(of(schema.valueSchema(), SourceType.ofElement(schema.valueSchema(), type))
                        .json()));
            case MAP ->
                nested(NestedJson.map(
                        of(schema.keySchema(), null).json(),
                        of(schema.valueSchema(), null).json()));
            case STRUCT -> nested(struct(schema));
        };
    }

    private @Nullable Mapping named(Schema schema, @Nullable SourceType type) {
        return switch (schema.name()) {
            case "io.debezium.data.Uuid" -> Mapping.of("UUID", Mappings::uuid, JsonText.quoted(String::valueOf));
            case "io.debezium.data.Json" ->
                // Inside another JSON text it is one of its values.
                Mapping.of(
                        Mapping.TEXT,
                        (value, out) -> RowBinary.text((String) value, out),
                        (value, out) -> out.append((String) value));
            case "io.debezium.data.Bits" -> bits(schema, type);
            default -> temporals.of(schema.name());
        };
    }

    private JsonText struct(Schema schema) {
        List<JsonText> values = schema.fields().stream()
                .map(field -> of(field.schema(), SourceType.of(field.schema())).json())
                .toList();
        return NestedJson.struct(schema.fields().stream().map(Field::name).toList(), values);
    }

    private static Mapping nested(JsonText json) {
        return Mapping.of(
                Mapping.TEXT,
                (value, out) -> {
                    StringBuilder text = new StringBuilder();
                    json.write(value, text);
                    RowBinary.bytes(text.toString().getBytes(StandardCharsets.UTF_8), out);
                },
                json);
    }

    private static Mapping bool() {
        return Mapping.number("Bool", (value, out) -> out.putByte((Boolean) value ? 1 : 0));
    }

    /** As Postgres writes bytes. */
    private static void hexadecimal(Object value, StringBuilder out) {
        JsonText.quote("\\x" + HexFormat.of().formatHex(Numbers.bytes(value)), out);
    }

    private static void uuid(Object value, RowBytes out) {
        UUID uuid = Numbers.uuid(value);
        RowBinary.int64(uuid.getMostSignificantBits(), out);
        RowBinary.int64(uuid.getLeastSignificantBits(), out);
    }

    private static Mapping bits(Schema schema, @Nullable SourceType type) {
        int width = Numbers.bitWidth(schema, type, MAX_BITS - 1);
        if (width == 0) {
            return Mapping.of(
                    Mapping.TEXT, (value, out) -> RowBinary.bytes(Numbers.bytes(value), out), Mappings::hexadecimal);
        }
        return Mapping.text(value -> Numbers.bits(value, width));
    }
}
