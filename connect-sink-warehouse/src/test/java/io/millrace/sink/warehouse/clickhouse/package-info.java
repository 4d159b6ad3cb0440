/** Tests of the ClickHouse destination. */
@NullMarked
package io.millrace.sink.warehouse.clickhouse;

import org.jspecify.annotations.NullMarked;
