package io.millrace.sink.warehouse.clickhouse;

import java.util.Set;

/**
 * A column as the catalog has it.
 *
 * @param type ClickHouse's name of it
 * @param kind of its default: DEFAULT, MATERIALIZED, ALIAS, EPHEMERAL, or empty
 * @param key whether the table is ordered by it
 */
record LiveColumn(String name, String type, String kind, boolean key) {
    private static final Set<String> DERIVED = Set.of("MATERIALIZED", "ALIAS", "EPHEMERAL");

    /** The type without what says that it may be NULL or how it is stored. */
    String base() {
        String base = inside("LowCardinality", type);
        return inside("Nullable", base);
    }

    boolean nullable() {
        return type.startsWith("Nullable(") || type.startsWith("LowCardinality(Nullable(");
    }

    /** Whether rows bring a value for it. */
    boolean isWritten() {
        return !DERIVED.contains(kind);
    }

    private static String inside(String wrapper, String type) {
        return type.startsWith(wrapper + "(") ? type.substring(wrapper.length() + 1, type.length() - 1) : type;
    }
}
