/** Tests of the DuckDB destination. */
@NullMarked
package io.millrace.sink.warehouse.duckdb;

import org.jspecify.annotations.NullMarked;
