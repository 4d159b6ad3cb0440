package io.millrace.sink.sql;

import io.millrace.core.ColumnDefault;
import io.millrace.core.Filler;
import io.millrace.sink.destination.SourceColumn;
import java.math.BigDecimal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The constant that a column has as its default, for a column that is added to a table with rows: in the source they got
 * it too, without an event for each. What a computed default gave them only a copy of the table tells.
 */
public final class ConstantDefault {
    /** Text that means the same to the target; other semantic types have numbers that mean something else. */
    private static final Set<String> AS_TEXT =
            Set.of("io.debezium.data.Json", "io.debezium.data.Uuid", "io.debezium.data.Enum", "io.debezium.data.Xml");

    /** What Debezium tells of a computed default; hardly a constant that anybody chooses. */
    private static final String NO_UUID = "00000000-0000-0000-0000-000000000000";

    private ConstantDefault() {}

    /** A value of the column's schema; null where there is none or it is computed. */
    public static @Nullable Object of(SourceColumn column) {
        Object value = column.schema().defaultValue();
        ColumnDefault told = ColumnDefault.of(column.schema());
        boolean computed = told == ColumnDefault.COMPUTED || (told == null && NO_UUID.equals(value));
        return computed ? null : value;
    }

    /**
     * What is not certain of the rows that are there when the column is added; null where all is.
     *
     * @param filled whether they get {@link #of} there
     */
    public static @Nullable String doubt(SourceColumn column, boolean filled) {
        Object value = column.schema().defaultValue();
        ColumnDefault told = ColumnDefault.of(column.schema());
        if (filled && of(column) != null) {
            return told == null && Filler.isEmpty(value)
                    ? "the rows that were there got the default that the records tell, which Debezium also tells where it is"
                            + " computed"
                    : null;
        }
        return value != null || told != null || !column.schema().isOptional()
                ? "the rows that were there have NULL: what they have in the source no record tells"
                : null;
    }

    /** Text that a cast makes the default of; null where the schema has none, or one that has no plain literal. */
    public static @Nullable String text(SourceColumn column) {
        Object value = of(column);
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
