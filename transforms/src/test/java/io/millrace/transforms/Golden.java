package io.millrace.transforms;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;

/** Compares with a file of the repository; -Dmillrace.golden.update=true writes it instead. */
final class Golden {
    private Golden() {}

    static void check(String name, String actual) {
        Path file = Path.of(System.getProperty("millrace.root"), name);
        try {
            if (Boolean.getBoolean("millrace.golden.update")) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, actual);
            }
            assertThat(actual).isEqualTo(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A schema as text, a line per field, nested ones indented. */
    static String describe(Schema schema) {
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
            out.append(' ').append(new java.util.TreeMap<>(schema.parameters()));
        }
        out.append('\n');
        if (schema.type() == Schema.Type.STRUCT) {
            for (Field nested : schema.fields()) {
                describe(indent + "  ", nested.name() + ": ", nested.schema(), out);
            }
        }
    }
}
