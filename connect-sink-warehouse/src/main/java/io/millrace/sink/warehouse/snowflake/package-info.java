/** Snowflake: files in a stage, temporary tables, and one transaction of MERGE statements and the ledger. */
@NullMarked
package io.millrace.sink.warehouse.snowflake;

import org.jspecify.annotations.NullMarked;
