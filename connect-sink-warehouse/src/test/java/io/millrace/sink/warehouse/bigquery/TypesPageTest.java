package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.warehouse.SourceTypes;
import io.millrace.sink.warehouse.bigquery.encode.Mappings;
import io.millrace.testing.GoldenFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every type of {@code docs/types.md} becomes, as a page. */
class TypesPageTest {
    @Test
    void thePageIsCurrent() throws IOException {
        List<String> rows = new ArrayList<>();
        SourceTypes.all().forEach((name, column) -> {
            String exact = new Mappings(false).of(column).type();
            String text = new Mappings(true).of(column).type();
            rows.add("| `" + name + "` | " + exact + " | " + (text.equals(exact) ? "the same" : text) + " | "
                    + refused(exact) + " |");
        });
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
}
