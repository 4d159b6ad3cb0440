package io.millrace.source.codec;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One column as the catalog or a Relation message describes it.
 *
 * @param typeOid the column's type in {@code pg_type}; for a domain the domain's own OID
 * @param typeModifier {@code atttypmod}, -1 for none
 * @param dimensions {@code attndims}: how many an array was declared with, which the server does not hold it to; 0 for
 *     other types and where it is not known
 * @param required NOT NULL; a NOT NULL domain counts as well and is looked up here
 * @param defaultExpression {@code pg_get_expr} of the default, or null
 * @param key whether the column belongs to the record's key
 */
public record ColumnDescription(
        String name,
        int typeOid,
        int typeModifier,
        int dimensions,
        boolean required,
        @Nullable String defaultExpression,
        boolean key) {
    public ColumnDescription {
        Objects.requireNonNull(name, "name");
    }
}
