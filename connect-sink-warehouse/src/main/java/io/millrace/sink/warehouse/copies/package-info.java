/** Whole copies in warehouses that change several tables in one transaction. Knows no warehouse. */
@NullMarked
package io.millrace.sink.warehouse.copies;

import org.jspecify.annotations.NullMarked;
