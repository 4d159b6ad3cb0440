/** A small stand-in for BigQuery's REST interface that runs the SQL on DuckDB. */
@NullMarked
package io.millrace.testing.bigquery;

import org.jspecify.annotations.NullMarked;
