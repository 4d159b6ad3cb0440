/** Snowflake, by the vendor's driver against a stand-in. */
@NullMarked
package io.millrace.sink.warehouse.snowflake;

import org.jspecify.annotations.NullMarked;
