package io.millrace.sink.warehouse.snowflake;

import java.util.Map;

/**
 * A table as Snowflake describes it.
 *
 * @param columns by their names in Snowflake, in the table's order
 */
record LiveTable(Map<String, LiveColumn> columns) {}
