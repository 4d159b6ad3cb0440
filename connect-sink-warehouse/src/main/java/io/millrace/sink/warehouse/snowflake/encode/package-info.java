/** How values are staged for Snowflake and which types its columns get. */
@NullMarked
package io.millrace.sink.warehouse.snowflake.encode;

import org.jspecify.annotations.NullMarked;
