package io.millrace.sink.sql;

import io.millrace.core.ColumnDefault;
import io.millrace.core.Filler;
import io.millrace.sink.destination.SourceColumn;
import java.util.function.Function;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The constant that a column has as its default, for a column that is added to a table with rows: in the source they got
 * it too, without an event for each. What a computed default gave them only a copy of the table tells.
 */
public final class ConstantDefault {
    private static final Logger LOG = LoggerFactory.getLogger(ConstantDefault.class);

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

    /**
     * The default as the target's statements have it; null where there is none that is known, or the target cannot hold it.
     *
     * @param literal writes a value as a record's would be written; null where it cannot be part of a statement
     */
    public static @Nullable String literal(SourceColumn column, Function<Object, @Nullable String> literal) {
        Object value = of(column);
        try {
            return value == null ? null : literal.apply(value);
        } catch (DataException e) {
            LOG.warn("The default of column \"{}\" is left out: {}", column.name(), e.getMessage());
            return null;
        }
    }
}
