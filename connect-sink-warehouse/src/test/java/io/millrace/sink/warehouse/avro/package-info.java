@NullMarked
package io.millrace.sink.warehouse.avro;

import org.jspecify.annotations.NullMarked;
