package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.SourceType;
import io.millrace.sink.warehouse.bigquery.encode.Mappings;
import io.millrace.testing.GoldenFile;
import io.millrace.testing.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every type of {@code docs/types.md} becomes, as a page. */
class TypesPageTest {
    private static final Pattern ROW =
            Pattern.compile("\\| `([^`]+)` \\| ([A-Z0-9]+)( of [A-Z0-9]+)?( [\\w.]+)? \\|.*");
    private static final Pattern SIZED = Pattern.compile("([^(]+)\\((-?\\d+)(?:,(-?\\d+))?\\)(.*)");

    @Test
    void thePageIsCurrent() throws IOException {
        Set<String> rows = new LinkedHashSet<>();
        for (String line : Files.readAllLines(Settings.root().resolve("docs/types.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                String meaning = row.group(4) == null ? "" : row.group(4).trim();
                SourceColumn column = column(row.group(1), row.group(2), row.group(3), meaning);
                String exact = new Mappings(false).of(column).type();
                String text = new Mappings(true).of(column).type();
                rows.add("| `" + row.group(1) + "` | " + exact + " | " + (text.equals(exact) ? "the same" : text)
                        + " | " + refused(exact) + " |");
            }
        }
        List<String> page = new ArrayList<>(List.of(
                "# Types in BigQuery",
                "",
                "What becomes of every type of [the list of types](types.md), with the source's default settings. Written by a test from",
                "the code that chooses; `mvn verify -Dmillrace.golden.update=true` writes it anew. Every value is kept exactly or refused:",
                "a refused one stops the task, or goes to the dead letter queue where `errors.tolerance=all` is set. Not verified on",
                "BigQuery itself.",
                "",
                "- **Column**: what the sink makes. All integers are INT64, all floats FLOAT64. Arrays, maps, ranges' parts and points are",
                "  JSON, since an ARRAY of BigQuery's holds no NULL and is none itself; numbers inside JSON that have to be exact are",
                "  strings there. `BYTES` of a type without a binary meaning holds its text in UTF-8.",
                "- **With `unrepresentable=text`**: what it makes then.",
                "",
                "| Postgres | Column | With `unrepresentable=text` | Refused |",
                "|---|---|---|---|"));
        page.addAll(rows);
        GoldenFile.check("docs/bigquery-types.md", String.join("\n", page) + "\n");
    }

    private static String refused(String type) {
        return switch (type) {
            case "DATE", "DATETIME", "TIMESTAMP" -> "infinity, years before 1 and after 9999";
            case "TIME" -> "24:00";
            case "BIGNUMERIC" -> "NaN, infinity, more than 38 digits before or behind the point";
            case "JSON" ->
                "inside `json` and `jsonb`: numbers that no double and no 64-bit integer holds, names that are twice";
            default -> type.contains("NUMERIC") ? "NaN, infinity" : "";
        };
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
