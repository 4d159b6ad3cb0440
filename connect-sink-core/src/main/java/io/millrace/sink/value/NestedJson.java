package io.millrace.sink.value;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/** Lists, maps and structs as JSON. */
public final class NestedJson {
    private NestedJson() {}

    public static JsonText list(JsonText element) {
        return (value, out) -> {
            String separator = "";
            out.append('[');
            for (Object each : (Collection<?>) value) {
                out.append(separator);
                nullable(element, each, out);
                separator = ",";
            }
            out.append(']');
        };
    }

    /**
     * A map's keys are names in JSON, so they are written as text whatever they are; {@link DataException} for one that is
     * NULL.
     */
    public static JsonText map(JsonText key, JsonText value) {
        return (map, out) -> {
            String separator = "";
            out.append('{');
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) map).entrySet()) {
                if (entry.getKey() == null) {
                    throw new DataException("a map has a NULL key");
                }
                out.append(separator);
                StringBuilder name = new StringBuilder();
                key.write(entry.getKey(), name);
                if (name.length() > 0 && name.charAt(0) == '"') {
                    out.append(name);
                } else {
                    JsonText.quote(name.toString(), out);
                }
                out.append(':');
                nullable(value, entry.getValue(), out);
                separator = ",";
            }
            out.append('}');
        };
    }

    /** A struct's fields in their order, each by the text of the same place. */
    public static JsonText struct(List<String> names, List<JsonText> values) {
        return (value, out) -> {
            Struct struct = (Struct) value;
            String separator = "";
            out.append('{');
            for (int i = 0; i < names.size(); i++) {
                out.append(separator);
                JsonText.quote(names.get(i), out);
                out.append(':');
                nullable(values.get(i), struct.getWithoutDefault(names.get(i)), out);
                separator = ",";
            }
            out.append('}');
        };
    }

    private static void nullable(JsonText text, @Nullable Object value, StringBuilder out) {
        if (value == null) {
            out.append("null");
        } else {
            text.write(value, out);
        }
    }
}
