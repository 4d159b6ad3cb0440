package io.millrace.sink.sql;

import io.millrace.sink.destination.SourceColumn;
import java.math.BigDecimal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The constant that a column has as its default, for a column that is added to a table with rows. */
public final class ConstantDefault {
    /** Text that means the same to the target; other semantic types have numbers that mean something else. */
    private static final Set<String> AS_TEXT =
            Set.of("io.debezium.data.Json", "io.debezium.data.Uuid", "io.debezium.data.Enum", "io.debezium.data.Xml");

    private ConstantDefault() {}

    /** Text that a cast makes the default of; null where the schema has none, or one that has no plain literal. */
    public static @Nullable String text(SourceColumn column) {
        Object value = column.schema().defaultValue();
        String meaning = column.schema().name();
        if (value == null) {
            return null;
        }
        boolean plain =
                meaning == null && (value instanceof Number || value instanceof Boolean || value instanceof String);
        boolean literal = value instanceof BigDecimal || plain || meaning != null && AS_TEXT.contains(meaning);
        String text = value instanceof BigDecimal decimal ? decimal.toPlainString() : String.valueOf(value);
        return literal ? text : null;
    }
}
