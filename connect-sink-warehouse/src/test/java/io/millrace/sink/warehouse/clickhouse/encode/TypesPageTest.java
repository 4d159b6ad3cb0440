package io.millrace.sink.warehouse.clickhouse.encode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.sink.SourceTable;
import io.millrace.sink.destination.SourceColumn;
import io.millrace.testing.GoldenFile;
import io.millrace.testing.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.Test;

/** What becomes of every type that the source knows: of the list that the source's tests keep. */
class TypesPageTest {
    private static final String LIST = "connect-source-pg/src/test/golden/types.jsonl";
    private static final Pattern TYPE = Pattern.compile("([^(]+)(?:\\((-?\\d+)(?:,(-?\\d+))?\\))?(\\[\\])*");

    private static final String HEAD =
            """
            # Types in ClickHouse

            Every type that the source's tests know, as the record has it with the default settings, and the column that is made
            for it. What a column does not hold is refused by name, never changed. Written by a test; `mvn verify
            -Dmillrace.golden.update=true` writes it anew.

            | Postgres | In records | ClickHouse | With `unrepresentable=text` | Refused |
            |---|---|---|---|---|
            """;

    @Test
    void isCurrent() throws IOException {
        StringBuilder page = new StringBuilder(HEAD);
        for (String line : Files.readAllLines(Settings.root().resolve(LIST))) {
            JsonNode type = new ObjectMapper().readTree(line);
            if (type.has("type")) {
                page.append(row(type.get("type").asText(), type.get("field").asText()));
            }
        }
        GoldenFile.check("docs/clickhouse-types.md", page.toString());
    }

    private static String row(String type, String field) {
        Matcher parts = TYPE.matcher(type);
        boolean sized = parts.matches() && parts.group(2) != null;
        int length = sized ? Integer.parseInt(parts.group(2)) : -1;
        int scale = sized && parts.group(3) != null ? Integer.parseInt(parts.group(3)) : sized ? 0 : -1;
        if (type.startsWith("money")) {
            scale = 2;
        }
        String tag = (parts.matches() ? parts.group(1) : type).toUpperCase(Locale.ROOT);
        boolean array = field.startsWith("ARRAY") && type.endsWith("[]");
        SourceColumn column = SourceColumn.of(
                "c", SourceTable.tagged(schema(field, scale).optional(), array ? "_" + tag : tag, length, scale));
        String made = new Mappings(false).of(column).type();
        String text = new Mappings(true).of(column).type();
        return "| `" + type.replace("|", "\\|") + "` | " + field.replace("|", "\\|") + " | " + made + " | "
                + (text.equals(made) ? "the same" : text) + " | " + refused(made, tag) + " |\n";
    }

    /** What stands in the list: a Connect type, and its meaning. */
    private static SchemaBuilder schema(String field, int scale) {
        if (field.startsWith("ARRAY of ")) {
            return SchemaBuilder.array(schema(field.substring("ARRAY of ".length()), scale)
                    .optional()
                    .build());
        }
        String[] words = field.split(" ", 2);
        Schema.Type type = Schema.Type.valueOf(words[0]);
        if (words.length > 1 && words[1].equals(Decimal.LOGICAL_NAME)) {
            return Decimal.builder(Math.max(scale, 0));
        }
        SchemaBuilder schema =
                switch (type) {
                    case ARRAY -> SchemaBuilder.array(Schema.OPTIONAL_FLOAT64_SCHEMA);
                    case MAP -> SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.OPTIONAL_STRING_SCHEMA);
                    case STRUCT -> struct(field);
                    default -> SchemaBuilder.type(type);
                };
        return words.length > 1 ? schema.name(words[1]) : schema;
    }

    private static SchemaBuilder struct(String field) {
        SchemaBuilder struct = SchemaBuilder.struct();
        if (field.contains("VariableScaleDecimal")) {
            return struct.field("scale", Schema.INT32_SCHEMA).field("value", Schema.BYTES_SCHEMA);
        }
        return struct.field("wkb", Schema.OPTIONAL_BYTES_SCHEMA);
    }

    private static String refused(String made, String tag) {
        if (made.equals(Temporals.DATE) || made.equals(Temporals.INSTANT)) {
            return "infinity, and years before 1900 and after 2299";
        }
        if (made.startsWith("Decimal")) {
            boolean any = tag.equals("NUMERIC") && made.startsWith("Decimal(" + Decimals.MAX_PRECISION);
            return "NaN, infinity" + (any ? ", more than 38 digits before or behind the point" : "");
        }
        return "nothing";
    }
}
