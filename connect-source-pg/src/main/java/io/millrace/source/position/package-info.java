/** Where a mirror stands: the stream's position and the progress of the initial copy, as Connect stores them. */
@NullMarked
package io.millrace.source.position;

import org.jspecify.annotations.NullMarked;
