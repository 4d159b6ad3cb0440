/** How values are staged in DuckDB and which types its columns get. */
@NullMarked
package io.millrace.sink.warehouse.duckdb.encode;

import org.jspecify.annotations.NullMarked;
