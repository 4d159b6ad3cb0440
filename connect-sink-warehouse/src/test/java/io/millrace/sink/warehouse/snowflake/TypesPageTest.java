package io.millrace.sink.warehouse.snowflake;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.warehouse.SourceTypes;
import io.millrace.sink.warehouse.snowflake.encode.Mappings;
import io.millrace.testing.GoldenFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every type of {@code docs/types.md} becomes, as a page. */
class TypesPageTest {
    @Test
    void thePageIsCurrent() throws IOException {
        List<String> page = new ArrayList<>(List.of(
                "# Types in Snowflake",
                "",
                "What becomes of every type of [the list of types](types.md), with the source's default settings. Written by a test from",
                "the code that chooses; `mvn verify -Dmillrace.golden.update=true` writes it anew. Every value is kept exactly or refused:",
                "a refused one stops the task, or goes to the dead letter queue where `errors.tolerance=all` is set. Not verified on",
                "Snowflake itself.",
                "",
                "- **Column**: what the sink makes. Floats are FLOAT, which is a double. Lists are ARRAY, maps, ranges' parts and points are",
                "  OBJECT; numbers inside them that have to be exact are strings there. `BINARY` of a type without a binary meaning holds",
                "  its text in UTF-8. Time stamps have microseconds, as in Postgres; one with a zone is kept in UTC.",
                "- **With `unrepresentable=text`**: what it makes then.",
                "- **Refused**, beside it in every column: texts of more than 16 MiB, bytes of more than 8 MiB.",
                "",
                "| Postgres | Column | With `unrepresentable=text` | Refused |",
                "|---|---|---|---|"));
        Map<String, SourceColumn> types = SourceTypes.all();
        assertThat(types).hasSizeGreaterThan(50);
        types.forEach((name, column) -> {
            String exact = new Mappings(false).of(column).type();
            String text = new Mappings(true).of(column).type();
            page.add("| `" + name + "` | " + exact + " | " + (text.equals(exact) ? "the same" : text) + " | "
                    + refused(exact, text) + " |");
        });
        GoldenFile.check("docs/snowflake-types.md", String.join("\n", page) + "\n");
    }

    private static String refused(String type, String text) {
        return switch (type) {
            case "DATE", "TIMESTAMP_NTZ(6)", "TIMESTAMP_TZ(6)" -> "infinity, years before 1 and after 9999";
            case "TIME(6)" -> "24:00";
            case "VARIANT" ->
                "inside `json` and `jsonb`: numbers of more than 38 digits that are no double, names that are twice";
            default ->
                type.startsWith("NUMBER") && text.equals("VARCHAR")
                        ? "NaN, infinity, more digits than that"
                        : type.contains(",0)") ? "" : type.startsWith("NUMBER") ? "NaN, infinity" : "";
        };
    }
}
