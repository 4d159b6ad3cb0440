/** From many changes to one row a key: the buffer between two flushes, bounded in bytes. */
@NullMarked
package io.millrace.sink.fold;

import org.jspecify.annotations.NullMarked;
