/** Tests of how values are written for ClickHouse. */
@NullMarked
package io.millrace.sink.warehouse.clickhouse.encode;

import org.jspecify.annotations.NullMarked;
