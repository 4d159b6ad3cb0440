package io.millrace.core;

import java.util.Locale;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What a column's default says of rows that are older than the column, told by a parameter of the column's schema. The
 * schema's default value alone does not tell: where the default is computed, as by {@code gen_random_uuid()}, Debezium's
 * converter puts a filler there, such as a UUID of zeros.
 */
public enum ColumnDefault {
    /** The schema's default value, if it has one, is what those rows have. */
    CONSTANT,
    /** The schema's default value stands for something that only the source knows. */
    COMPUTED;

    /** Parameter of the schema of a column that has a default: one of these names in lower case. */
    public static final String PARAMETER = "millrace.source.default";

    public String write() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Null for a column without a default, and where the source tells nothing of it. */
    public static @Nullable ColumnDefault of(Schema schema) {
        String told = schema.parameters() == null ? null : schema.parameters().get(PARAMETER);
        for (ColumnDefault each : values()) {
            if (each.write().equals(told)) {
                return each;
            }
        }
        return null;
    }
}
