package io.millrace.sink.destination;

import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A column as the records describe it.
 *
 * @param name as in the record, case included
 * @param schema the Connect schema of its values
 * @param type the source's own type, null when the source does not tell
 * @param nullable whether the target must accept NULL
 */
public record SourceColumn(String name, Schema schema, @Nullable SourceType type, boolean nullable) {
    public static SourceColumn of(String name, Schema schema) {
        return new SourceColumn(name, schema, SourceType.of(schema), schema.isOptional());
    }

    /** @param told the source's type, where something else than the schema knows it better; null where not */
    public SourceColumn ofType(@Nullable String told) {
        return told == null || (type != null && type.name().equals(told))
                ? this
                : new SourceColumn(name, schema, new SourceType(told, -1, -1), nullable);
    }

    public SourceColumn asNullable() {
        return nullable ? this : new SourceColumn(name, schema, type, true);
    }

    public SourceColumn asRequired() {
        return nullable ? new SourceColumn(name, schema, type, false) : this;
    }

    /** For messages: the source's type where it is known, else the schema's. */
    public String describe() {
        if (type != null) {
            return type.name().toLowerCase(java.util.Locale.ROOT);
        }
        return schema.name() == null ? schema.type().getName() : schema.name();
    }
}
