/** How values are written in ClickHouse's RowBinary and which types its columns get. */
@NullMarked
package io.millrace.sink.warehouse.clickhouse.encode;

import org.jspecify.annotations.NullMarked;
