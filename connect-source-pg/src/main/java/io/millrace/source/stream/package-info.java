/** The replication stream: one slot, read in order, to records. */
@NullMarked
package io.millrace.source.stream;

import org.jspecify.annotations.NullMarked;
