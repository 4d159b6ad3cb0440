/** Batches as Avro files, for warehouses that load such. Knows no warehouse. */
@NullMarked
package io.millrace.sink.warehouse.avro;

import org.jspecify.annotations.NullMarked;
