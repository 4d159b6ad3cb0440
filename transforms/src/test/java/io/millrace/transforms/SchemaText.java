package io.millrace.transforms;

import java.util.TreeMap;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;

/** A schema as text for golden files: a line per field, nested ones indented. */
final class SchemaText {
    private SchemaText() {}

    static String of(Schema schema) {
        StringBuilder out = new StringBuilder();
        describe("", "", schema, out);
        return out.toString();
    }

    private static void describe(String indent, String field, Schema schema, StringBuilder out) {
        out.append(indent).append(field).append(schema.type().getName());
        out.append(schema.isOptional() ? " optional" : " required");
        if (schema.name() != null) {
            out.append(' ').append(schema.name());
        }
        if (schema.version() != null) {
            out.append(" v").append(schema.version());
        }
        if (schema.defaultValue() != null) {
            out.append(" default=").append(schema.defaultValue());
        }
        if (schema.parameters() != null) {
            out.append(' ').append(new TreeMap<>(schema.parameters()));
        }
        out.append('\n');
        if (schema.type() == Schema.Type.STRUCT) {
            for (Field nested : schema.fields()) {
                describe(indent + "  ", nested.name() + ": ", nested.schema(), out);
            }
        }
    }
}
