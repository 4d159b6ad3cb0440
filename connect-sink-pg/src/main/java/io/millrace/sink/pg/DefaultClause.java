package io.millrace.sink.pg;

import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.sql.ConstantDefault;
import java.math.BigDecimal;
import java.util.Set;

/** The DEFAULT clause for a column that is added to a table with rows. */
final class DefaultClause {
    /** Text that means the same to the target; other semantic types have numbers that mean something else. */
    private static final Set<String> AS_TEXT = Set.of(
            "io.debezium.data.Json",
            "io.debezium.data.Uuid",
            "io.debezium.data.Enum",
            "io.debezium.data.Xml",
            "io.debezium.time.ZonedTimestamp",
            "io.debezium.time.ZonedTime",
            "io.debezium.time.Interval");

    private DefaultClause() {}

    /** Empty where the schema has no default, or one that has no plain literal. */
    static String of(SourceColumn column, String type) {
        Object value = ConstantDefault.of(column);
        String meaning = column.schema().name();
        if (value == null) {
            return "";
        }
        boolean literal = value instanceof BigDecimal
                || (meaning == null && (value instanceof Number || value instanceof Boolean || value instanceof String))
                || (meaning != null && AS_TEXT.contains(meaning));
        String text = value instanceof BigDecimal decimal ? decimal.toPlainString() : String.valueOf(value);
        return literal ? " DEFAULT " + Sql.text(text) + "::" + type : "";
    }
}
