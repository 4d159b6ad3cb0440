/** BigQuery: Avro files by load jobs, and a transaction with MERGE and ledger for each table. */
@NullMarked
package io.millrace.sink.warehouse.bigquery;

import org.jspecify.annotations.NullMarked;
