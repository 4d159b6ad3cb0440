package io.millrace.sink.warehouse.bigquery.encode;

import io.millrace.sink.destination.FieldEncoder;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.SourceType;
import io.millrace.sink.value.JsonCheck;
import io.millrace.sink.value.JsonText;
import io.millrace.sink.value.Numbers;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Chooses how a column is staged and what it becomes, by the meaning of its schema (Debezium's semantic types, Connect's
 * logical ones) and by the source's own type. Every value is kept exactly or refused.
 *
 * @see <a href="https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types">Data types</a>
 */
public final class Mappings {
    private static final int MAX_BITS = 1 << 20;

    private static final JsonCheck JSON = new JsonCheck("BigQuery's JSON", "64-bit integer", Mappings::isInt64);

    private final Decimals decimals;
    private final Temporals temporals;

    /** @param asText whether types some of whose values BigQuery's closest type does not hold become text */
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
        if (schema.name() != null) {
            Mapping named = named(schema, tag, type);
            if (named != null) {
                return named;
            }
        }
        return switch (schema.type()) {
            case BOOLEAN ->
                Mapping.of(
                        "BOOL",
                        (value, out) -> out.putByte((Boolean) value ? 1 : 0),
                        (value, out) -> out.append(value));
            case INT8, INT16, INT32, INT64 ->
                Mapping.of(
                        "INT64",
                        (value, out) -> out.putLong(((Number) value).longValue()),
                        (value, out) -> out.append(value));
            case FLOAT32, FLOAT64 -> approximate();
            case STRING -> Mapping.text(Mapping.STRING, String::valueOf);
            case BYTES -> bytes();
            case ARRAY -> Nested.list(of(schema.valueSchema(), SourceType.ofElement(schema.valueSchema(), type)));
            case MAP -> Nested.map(of(schema.keySchema(), null), of(schema.valueSchema(), null));
            case STRUCT -> Nested.struct(schema, field -> of(field, SourceType.of(field)));
        };
    }

    private @Nullable Mapping named(Schema schema, String tag, @Nullable SourceType type) {
        return switch (schema.name()) {
            case "io.debezium.data.Json" -> json();
            case "io.debezium.data.Bits" -> bits(schema, type);
            default -> temporals.of(schema.name(), tag.equals("TIMESTAMPTZ"));
        };
    }

    /** A float is widened to the double of the same value, which its shortest text is not always that of. */
    private static Mapping approximate() {
        FieldEncoder field = (value, out) -> out.putLong(Double.doubleToLongBits(((Number) value).doubleValue()));
        FieldEncoder key = (value, out) -> {
            double number = ((Number) value).doubleValue();
            if (Double.isNaN(number)) {
                throw new DataException("NaN is in a key, and BigQuery takes it for equal to nothing");
            }
            // Minus zero and zero are one key.
            out.putLong(Double.doubleToLongBits(number + 0d));
        };
        return new Mapping("FLOAT64", field, key, JsonText::approximate);
    }

    private static Mapping bytes() {
        return Mapping.of(
                "BYTES", (value, out) -> out.put(Numbers.bytes(value)), JsonText.quoted(value -> Base64.getEncoder()
                        .encodeToString(Numbers.bytes(value))));
    }

    /** Inside other JSON the text is a JSON value of its own. */
    private static Mapping json() {
        return Mapping.nested((value, out) -> out.append(JSON.checked((String) value)));
    }

    /**
     * Signed or unsigned.
     *
     * @see <a href="https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#json_type">JSON type</a>
     */
    private static boolean isInt64(BigDecimal number, String text) {
        if (text.chars().anyMatch(c -> ".eE".indexOf(c) >= 0)) {
            return false;
        }
        BigInteger integer = number.toBigIntegerExact();
        return integer.signum() >= 0 ? integer.bitLength() <= Long.SIZE : integer.bitLength() < Long.SIZE;
    }

    private static Mapping bits(Schema schema, @Nullable SourceType type) {
        int width = Numbers.bitWidth(schema, type, MAX_BITS - 1);
        return width == 0 ? bytes() : Mapping.text(Mapping.STRING, value -> Numbers.bits(value, width));
    }
}
