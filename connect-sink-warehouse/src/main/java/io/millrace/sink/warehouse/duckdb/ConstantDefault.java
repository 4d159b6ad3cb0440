package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.destination.SourceColumn;
import java.math.BigDecimal;
import java.util.Set;

/** The DEFAULT clause for a column that is added to a table with rows. */
final class ConstantDefault {
    /** Text that means the same to the target; other semantic types have numbers that mean something else. */
    private static final Set<String> AS_TEXT =
            Set.of("io.debezium.data.Json", "io.debezium.data.Uuid", "io.debezium.data.Enum", "io.debezium.data.Xml");

    private ConstantDefault() {}

    /** Empty where the schema has no default, or one that has no plain literal. */
    static String clause(SourceColumn column, String type) {
        Object value = column.schema().defaultValue();
        String meaning = column.schema().name();
        if (value == null) {
            return "";
        }
        boolean plain =
                meaning == null && (value instanceof Number || value instanceof Boolean || value instanceof String);
        boolean literal = value instanceof BigDecimal || plain || meaning != null && AS_TEXT.contains(meaning);
        String text = value instanceof BigDecimal decimal ? decimal.toPlainString() : String.valueOf(value);
        return literal ? " DEFAULT CAST(" + Sql.text(text) + " AS " + type + ")" : "";
    }
}
