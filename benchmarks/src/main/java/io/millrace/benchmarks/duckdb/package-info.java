/** The DuckDB sink beside an Appender and a MERGE by hand, in one process, without Kafka. */
@NullMarked
package io.millrace.benchmarks.duckdb;

import org.jspecify.annotations.NullMarked;
