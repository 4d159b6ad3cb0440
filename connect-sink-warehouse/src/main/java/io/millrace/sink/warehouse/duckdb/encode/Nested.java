package io.millrace.sink.warehouse.duckdb.encode;

import io.millrace.sink.destination.FieldEncoder;
import io.millrace.sink.destination.RowBytes;
import io.millrace.sink.value.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/** Lists, maps and structs, and the scalars that only they need a text of. */
final class Nested {
    private Nested() {}

    static Mapping list(Mapping element) {
        return nested(element.type() + "[]", element.inside() + "[]", (value, out) -> {
            String separator = "[";
            out.append(((Collection<?>) value).isEmpty() ? "[" : "");
            for (Object each : (Collection<?>) value) {
                out.append(separator);
                nullable(element, each, out);
                separator = ",";
            }
            out.append(']');
        });
    }

    /** A map's keys are names in JSON, so they are written as text whatever they are. */
    static Mapping map(Mapping key, Mapping value) {
        return nested(
                "MAP(" + key.type() + ", " + value.type() + ")",
                "MAP(" + key.inside() + ", " + value.inside() + ")",
                (map, out) -> {
                    out.append('{');
                    for (Map.Entry<?, ?> entry : ((Map<?, ?>) map).entrySet()) {
                        out.append(out.charAt(out.length() - 1) == '{' ? "" : ",");
                        if (entry.getKey() == null) {
                            throw new DataException("a map has a NULL key");
                        }
                        StringBuilder name = new StringBuilder();
                        key.json().write(entry.getKey(), name);
                        if (name.charAt(0) == '"') {
                            out.append(name);
                        } else {
                            JsonText.quote(name.toString(), out);
                        }
                        out.append(':');
                        nullable(value, entry.getValue(), out);
                    }
                    out.append('}');
                });
    }

    static Mapping struct(Schema schema, Function<Schema, Mapping> mappings) {
        List<Field> fields = schema.fields();
        List<Mapping> inner =
                fields.stream().map(field -> mappings.apply(field.schema())).toList();
        return nested(
                structType(fields, inner, Mapping::type), structType(fields, inner, Mapping::inside), (value, out) -> {
                    Struct struct = (Struct) value;
                    String separator = "{";
                    for (int i = 0; i < inner.size(); i++) {
                        out.append(separator);
                        JsonText.quote(fields.get(i).name(), out);
                        out.append(':');
                        nullable(
                                inner.get(i),
                                struct.getWithoutDefault(fields.get(i).name()),
                                out);
                        separator = ",";
                    }
                    out.append('}');
                });
    }

    private static String structType(List<Field> fields, List<Mapping> inner, Function<Mapping, String> type) {
        if (fields.isEmpty()) {
            throw new DataException("a struct without fields has no type in DuckDB");
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < inner.size(); i++) {
            parts.add('"' + fields.get(i).name().replace("\"", "\"\"") + "\" " + type.apply(inner.get(i)));
        }
        return "STRUCT(" + String.join(", ", parts) + ")";
    }

    private static Mapping nested(String type, String inside, JsonText json) {
        FieldEncoder field = (value, out) -> {
            StringBuilder text = new StringBuilder();
            json.write(value, text);
            out.put(text.toString().getBytes(StandardCharsets.UTF_8));
        };
        return Mapping.nested(type, inside, field, json);
    }

    private static void nullable(Mapping mapping, @Nullable Object value, StringBuilder out) {
        if (value == null) {
            out.append("null");
        } else {
            mapping.json().write(value, out);
        }
    }

    /** The text of a BLOB, which a cast reads. */
    static void blob(Object value, StringBuilder out) {
        StringBuilder text = new StringBuilder();
        for (byte b : Numbers.bytes(value)) {
            text.append(String.format("\\x%02X", b & 0xff));
        }
        JsonText.quote(text.toString(), out);
    }

    static void uuid(Object value, RowBytes out) {
        try {
            UUID uuid = UUID.fromString((String) value);
            out.putLong(uuid.getMostSignificantBits());
            out.putLong(uuid.getLeastSignificantBits());
        } catch (IllegalArgumentException e) {
            // Not as the cause: its message shows the value.
            throw new DataException("a UUID is malformed");
        }
    }
}
