/** How values are staged for BigQuery and which types its columns get. */
@NullMarked
package io.millrace.sink.warehouse.bigquery.encode;

import org.jspecify.annotations.NullMarked;
