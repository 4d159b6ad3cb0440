/** A stand-in for Snowflake: the protocol of the vendor's JDBC driver, with DuckDB behind it. */
@NullMarked
package io.millrace.testing.snowflake;

import org.jspecify.annotations.NullMarked;
