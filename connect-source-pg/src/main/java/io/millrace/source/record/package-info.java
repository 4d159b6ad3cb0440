/** Decoded rows to Connect records in Debezium's envelope. */
@NullMarked
package io.millrace.source.record;

import org.jspecify.annotations.NullMarked;
