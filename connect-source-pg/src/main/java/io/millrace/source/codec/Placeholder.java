package io.millrace.source.codec;

import io.debezium.data.Uuid;
import io.debezium.data.VariableScaleDecimal;
import io.debezium.data.geometry.Geometry;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * The placeholder for an unchanged TOAST value in the form of a schema: as Debezium has it for strings, bytes, maps and
 * arrays of text, bytea, int4, int8, date and uuid. Where Debezium puts a string into a schema that does not take one
 * (and fails) the placeholder's bytes are the numbers, likewise.
 */
final class Placeholder {
    private final String text;
    private final byte[] bytes;

    Placeholder(String text) {
        this.text = text;
        this.bytes = text.getBytes(StandardCharsets.UTF_8);
    }

    Object in(Schema schema) {
        return switch (schema.type()) {
            case STRING -> text;
            case BYTES ->
                Decimal.LOGICAL_NAME.equals(schema.name())
                        ? new BigDecimal(
                                new BigInteger(bytes),
                                Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD)))
                        : bytes.clone();
            case MAP -> Map.of(text, text);
            case ARRAY -> elements(schema.valueSchema());
            case STRUCT -> struct(schema);
            default -> number(schema.type(), bytes[0]);
        };
    }

    private List<Object> elements(Schema element) {
        if (!element.type().isPrimitive()) {
            return List.of(in(element));
        }
        return switch (element.type()) {
            case STRING ->
                List.of(
                        Uuid.LOGICAL_NAME.equals(element.name())
                                ? UUID.nameUUIDFromBytes(bytes).toString()
                                : text);
            case BYTES -> List.of(in(element));
            default -> {
                List<Object> numbers = new ArrayList<>(bytes.length);
                for (byte value : bytes) {
                    numbers.add(number(element.type(), value));
                }
                yield List.copyOf(numbers);
            }
        };
    }

    private static Object number(Schema.Type type, byte value) {
        return switch (type) {
            case INT8 -> value;
            case INT16 -> (short) value;
            case INT32 -> (int) value;
            case INT64 -> (long) value;
            case FLOAT32 -> (float) value;
            case FLOAT64 -> (double) value;
            case BOOLEAN -> (value & 1) != 0;
            default -> throw new IllegalArgumentException("No placeholder of type " + type);
        };
    }

    private Struct struct(Schema schema) {
        Struct struct = new Struct(schema);
        if (VariableScaleDecimal.LOGICAL_NAME.equals(schema.name())) {
            return struct.put(VariableScaleDecimal.VALUE_FIELD, bytes.clone()).put(VariableScaleDecimal.SCALE_FIELD, 0);
        }
        schema.fields().stream()
                .filter(field -> !field.schema().isOptional() || field.name().equals(Geometry.WKB_FIELD))
                .forEach(field -> struct.put(field, in(field.schema())));
        return struct;
    }
}
