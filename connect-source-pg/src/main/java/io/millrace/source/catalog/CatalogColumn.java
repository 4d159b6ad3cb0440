package io.millrace.source.catalog;

import org.jspecify.annotations.Nullable;

/**
 * A column as {@code pg_attribute} has it.
 *
 * @param typeModifier {@code atttypmod}, -1 where there is none
 * @param dimensions {@code attndims}: how many an array was declared with, else 0
 * @param defaultExpression {@code pg_get_expr} of the default, null without one and for generated columns
 * @param generated computed by the server; not in the replication stream unless it is published
 */
public record CatalogColumn(
        String name,
        int typeOid,
        int typeModifier,
        int dimensions,
        boolean required,
        @Nullable String defaultExpression,
        boolean generated) {}
