package io.millrace.sink.warehouse;

import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.SourceType;
import io.millrace.testing.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/** The list of types in {@code docs/types.md}, as columns. */
public final class SourceTypes {
    private static final Pattern ROW =
            Pattern.compile("\\| `([^`]+)` \\| ([A-Z0-9]+)( of [A-Z0-9]+)?( [\\w.]+)? \\|.*");
    private static final Pattern SIZED = Pattern.compile("([^(]+)\\((-?\\d+)(?:,(-?\\d+))?\\)(.*)");

    private SourceTypes() {}

    /** Columns by the names of their types, in the order of the page. */
    public static Map<String, SourceColumn> all() throws IOException {
        Map<String, SourceColumn> all = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Settings.root().resolve("docs/types.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                String meaning = row.group(4) == null ? "" : row.group(4).trim();
                all.putIfAbsent(row.group(1), column(row.group(1), row.group(2), row.group(3), meaning));
            }
        }
        return all;
    }

    private static SourceColumn column(String postgres, String type, @Nullable String element, String meaning) {
        Matcher sized = SIZED.matcher(postgres);
        boolean found = sized.matches();
        int length = found ? Integer.parseInt(sized.group(2)) : -1;
        int scale = found && sized.group(3) != null ? Integer.parseInt(sized.group(3)) : found ? 0 : -1;
        scale = postgres.startsWith("money") ? 2 : scale;
        String name = (found ? sized.group(1) + sized.group(4) : postgres).trim();
        String tag = (element != null ? "_" : "") + name.replace("[]", "").toUpperCase(Locale.ROOT);
        Schema value = element != null
                ? schema(
                        SchemaBuilder.array(schema(builder(element.replace(" of ", "")), meaning, length, scale)),
                        "",
                        -1,
                        -1)
                : schema(builder(type), meaning, length, scale);
        return new SourceColumn("c", value, new SourceType(tag, length, scale), true);
    }

    private static SchemaBuilder builder(String type) {
        return switch (type) {
            case "STRUCT" ->
                SchemaBuilder.struct().field("scale", Schema.INT32_SCHEMA).field("value", Schema.BYTES_SCHEMA);
            case "MAP" -> SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.OPTIONAL_STRING_SCHEMA);
            case "ARRAY" -> SchemaBuilder.array(Schema.OPTIONAL_STRING_SCHEMA);
            default -> new SchemaBuilder(Schema.Type.valueOf(type));
        };
    }

    private static Schema schema(SchemaBuilder builder, String meaning, int length, int scale) {
        if (!meaning.isEmpty()) {
            builder.name(meaning);
        }
        if (meaning.endsWith(".Decimal")) {
            builder.parameter("scale", String.valueOf(Math.max(0, scale)));
        }
        if (meaning.endsWith(".Bits") && length > 0) {
            builder.parameter("length", String.valueOf(length));
        }
        return builder.optional().build();
    }
}
