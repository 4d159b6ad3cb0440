package io.millrace.sink.warehouse.snowflake.encode;

import io.millrace.sink.destination.FieldEncoder;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.SourceType;
import io.millrace.sink.value.JsonCheck;
import io.millrace.sink.value.JsonText;
import io.millrace.sink.value.NestedJson;
import io.millrace.sink.value.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Chooses how a column is staged and what it becomes, by the meaning of its schema (Debezium's semantic types, Connect's
 * logical ones) and by the source's own type. Every value is kept exactly or refused.
 *
 * @see <a href="https://docs.snowflake.com/en/sql-reference/intro-summary-data-types">Summary of data types</a>
 */
public final class Mappings {
    static final String INT16 = "NUMBER(5,0)";
    static final String INT32 = "NUMBER(10,0)";
    static final String INT64 = "NUMBER(19,0)";

    private static final int MAX_BITS = 1 << 20;
    private static final int MOST_BYTES = 8_388_608;
    private static final int MOST_DIGITS = 38;

    /**
     * Whole and fixed-point numbers keep their digits; one with an exponent becomes a double.
     *
     * @see <a href="https://docs.snowflake.com/en/sql-reference/functions/parse_json">PARSE_JSON</a>
     */
    private static final JsonCheck JSON = new JsonCheck(
            "a VARIANT",
            "number of at most " + MOST_DIGITS + " digits",
            (number, text) -> text.chars().noneMatch(c -> c == 'e' || c == 'E')
                    && number.precision() <= MOST_DIGITS
                    && number.scale() < MOST_DIGITS);

    private final Decimals decimals;
    private final Temporals temporals;

    /** @param asText whether types some of whose values Snowflake's closest type does not hold become text */
    public Mappings(boolean asText) {
        decimals = new Decimals(asText);
        temporals = new Temporals(asText);
    }

    public Mapping of(SourceColumn column) {
        return of(column.schema(), column.type());
    }

    Mapping of(Schema schema, @Nullable SourceType type) {
        Mapping number = decimals.of(schema, type);
        if (number != null) {
            return number;
        }
        Mapping named = schema.name() == null ? null : named(schema, type);
        if (named != null) {
            return named;
        }
        return switch (schema.type()) {
            case BOOLEAN ->
                type != null && type.name().equals("BIT")
                        ? Mapping.text(Mapping.TEXT, value -> (Boolean) value ? "1" : "0")
                        : Mapping.of(
                                "BOOLEAN",
                                (value, out) -> out.putByte((Boolean) value ? 1 : 0),
                                (value, out) -> out.append(value));
            case INT8, INT16 -> whole(INT16);
            case INT32 -> whole(INT32);
            case INT64 -> whole(INT64);
            case FLOAT32, FLOAT64 -> approximate();
            case STRING -> Mapping.text(Mapping.TEXT, String::valueOf);
            case BYTES -> bytes();
            case ARRAY ->
                Mapping.nested(
                        Mapping.ARRAY,
                        NestedJson.list(of(schema.valueSchema(), SourceType.ofElement(schema.valueSchema(), type))
                                .json()));
            case MAP ->
                Mapping.nested(
                        Mapping.OBJECT,
                        NestedJson.map(
                                of(schema.keySchema(), null).json(),
                                of(schema.valueSchema(), null).json()));
            case STRUCT -> Mapping.nested(Mapping.OBJECT, struct(schema));
        };
    }

    private @Nullable Mapping named(Schema schema, @Nullable SourceType type) {
        return switch (schema.name()) {
            case "io.debezium.data.Json" ->
                // Inside another JSON text it is one of its values.
                Mapping.nested(Mapping.VARIANT, (value, out) -> out.append(JSON.checked((String) value)));
            case "io.debezium.data.Bits" -> bits(schema, type);
            default -> temporals.of(schema.name());
        };
    }

    private static Mapping whole(String type) {
        return Mapping.of(
                type, (value, out) -> out.putLong(((Number) value).longValue()), (value, out) -> out.append(value));
    }

    /**
     * As text, which holds all of them in a file; a float is widened to the double of the same value, which its shortest
     * text is not always that of.
     */
    private static Mapping approximate() {
        FieldEncoder field = (value, out) -> out.put(ascii(text(((Number) value).doubleValue())));
        // Minus zero and zero are one key.
        FieldEncoder key = (value, out) -> out.put(ascii(text(((Number) value).doubleValue() + 0d)));
        return new Mapping(Mapping.FLOAT, field, key, JsonText::approximate);
    }

    private static String text(double number) {
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        return String.valueOf(number);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static Mapping bytes() {
        return Mapping.of(
                Mapping.BINARY,
                (value, out) -> out.put(ascii(hexadecimal(value))),
                // As Postgres writes bytes.
                JsonText.quoted(value -> "\\x" + hexadecimal(value)));
    }

    private static String hexadecimal(Object value) {
        byte[] bytes = Numbers.bytes(value);
        if (bytes.length > MOST_BYTES) {
            throw new DataException("a value has more than 8 MiB, the most that Snowflake's BINARY holds");
        }
        return HexFormat.of().formatHex(bytes);
    }

    private JsonText struct(Schema schema) {
        List<JsonText> values = schema.fields().stream()
                .map(field -> of(field.schema(), SourceType.of(field.schema())).json())
                .toList();
        return NestedJson.struct(schema.fields().stream().map(Field::name).toList(), values);
    }

    private static Mapping bits(Schema schema, @Nullable SourceType type) {
        int width = Numbers.bitWidth(schema, type, MAX_BITS - 1);
        return width == 0 ? bytes() : Mapping.text(Mapping.TEXT, value -> Numbers.bits(value, width));
    }
}
