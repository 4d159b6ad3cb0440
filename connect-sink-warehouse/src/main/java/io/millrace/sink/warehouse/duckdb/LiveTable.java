package io.millrace.sink.warehouse.duckdb;

import java.util.Map;
import java.util.Set;

/**
 * A table as the catalog has it.
 *
 * @param catalog the database that it is in
 * @param schema its name with its own case, as is {@code name}
 * @param columns by name
 * @param indexed columns of primary keys and unique constraints, whose types DuckDB does not change
 */
record LiveTable(String catalog, String schema, String name, Map<String, LiveColumn> columns, Set<String> indexed) {}
