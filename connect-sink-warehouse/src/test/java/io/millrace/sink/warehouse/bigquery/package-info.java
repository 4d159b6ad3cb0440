/** Tests of the BigQuery destination, against a stand-in. */
@NullMarked
package io.millrace.sink.warehouse.bigquery;

import org.jspecify.annotations.NullMarked;
