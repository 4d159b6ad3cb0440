package io.millrace.sink.warehouse.duckdb.encode;

import io.millrace.sink.destination.FieldEncoder;
import io.millrace.sink.destination.RowBytes;
import io.millrace.sink.value.JsonText;
import io.millrace.sink.value.NestedJson;
import io.millrace.sink.value.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;

/** Lists, maps and structs, and the scalars that only they need a text of. */
final class Nested {
    private Nested() {}

    static Mapping list(Mapping element) {
        return nested(element.type() + "[]", element.inside() + "[]", NestedJson.list(element.json()));
    }

    static Mapping map(Mapping key, Mapping value) {
        return nested(
                "MAP(" + key.type() + ", " + value.type() + ")",
                "MAP(" + key.inside() + ", " + value.inside() + ")",
                NestedJson.map(key.json(), value.json()));
    }

    static Mapping struct(Schema schema, Function<Schema, Mapping> mappings) {
        List<Field> fields = schema.fields();
        List<Mapping> inner =
                fields.stream().map(field -> mappings.apply(field.schema())).toList();
        return nested(
                structType(fields, inner, Mapping::type),
                structType(fields, inner, Mapping::inside),
                NestedJson.struct(
                        fields.stream().map(Field::name).toList(),
                        inner.stream().map(Mapping::json).toList()));
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

    /** The text of a BLOB, which a cast reads. */
    static void blob(Object value, StringBuilder out) {
        StringBuilder text = new StringBuilder();
        for (byte b : Numbers.bytes(value)) {
            text.append(String.format("\\x%02X", b & 0xff));
        }
        JsonText.quote(text.toString(), out);
    }

    static void uuid(Object value, RowBytes out) {
        UUID uuid = Numbers.uuid(value);
        out.putLong(uuid.getMostSignificantBits());
        out.putLong(uuid.getLeastSignificantBits());
    }
}
