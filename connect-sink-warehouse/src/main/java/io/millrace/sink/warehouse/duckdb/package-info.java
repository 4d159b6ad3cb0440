/** DuckDB files and MotherDuck databases: staging by the Appender, one transaction of data and ledger a flush. */
@NullMarked
package io.millrace.sink.warehouse.duckdb;

import org.jspecify.annotations.NullMarked;
