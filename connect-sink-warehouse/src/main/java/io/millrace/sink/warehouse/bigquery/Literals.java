package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.sql.ConstantDefault;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The literal of a constant default: BigQuery takes no casts there. */
final class Literals {
    private Literals() {}

    /** Null where the schema has no default, or one that has no plain literal. */
    static @Nullable String ofDefault(SourceColumn column, String type) {
        String text = ConstantDefault.text(column);
        if (text == null) {
            return null;
        }
        String plain = type.replaceAll("\\(.*", "");
        return switch (plain) {
            case "STRING" -> Sql.text(text);
            case "JSON", "NUMERIC", "BIGNUMERIC" -> plain + " " + Sql.text(text);
            case "BOOL" -> text.toUpperCase(Locale.ROOT);
            case "INT64" -> text;
            case "FLOAT64" -> Double.isFinite(Double.parseDouble(text)) ? text : null;
            default -> null;
        };
    }
}
