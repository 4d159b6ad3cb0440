/** ClickHouse: versioned rows that its engine folds, and a ledger that says what was begun before it is written. */
@NullMarked
package io.millrace.sink.warehouse.clickhouse;

import org.jspecify.annotations.NullMarked;
