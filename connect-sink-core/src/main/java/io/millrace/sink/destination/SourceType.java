package io.millrace.sink.destination;

import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The column type that the source names in the schema parameters {@code __debezium.source.column.type}, {@code .length}
 * and {@code .scale}; the name is upper case. Length and scale are -1 where the source says nothing.
 */
public record SourceType(String name, int length, int scale) {
    public static final String TYPE = "__debezium.source.column.type";
    public static final String LENGTH = "__debezium.source.column.length";
    public static final String SCALE = "__debezium.source.column.scale";

    /** The tag that a field's schema carries, or null without one. */
    public static @Nullable SourceType of(Schema schema) {
        Map<String, String> parameters = schema.parameters();
        String name = parameters == null ? null : parameters.get(TYPE);
        if (parameters == null || name == null) {
            return null;
        }
        return new SourceType(name, number(parameters.get(LENGTH)), number(parameters.get(SCALE)));
    }

    /** The tag of an array's elements: their own, or that of the column's array type. */
    public static @Nullable SourceType ofElement(Schema element, @Nullable SourceType array) {
        SourceType own = of(element);
        if (own != null || array == null || !array.name().startsWith("_")) {
            return own;
        }
        return new SourceType(array.name().substring(1), array.length(), array.scale());
    }

    private static int number(@Nullable String text) {
        if (text == null) {
            return -1;
        }
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
