package io.millrace.sink.warehouse.duckdb;

/**
 * A column as the catalog has it.
 *
 * @param type DuckDB's name of it
 * @param standard the expression of its default
 */
record LiveColumn(String name, String type, boolean notNull, String standard) {}
