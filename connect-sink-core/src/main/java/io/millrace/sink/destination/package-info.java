/** What a sink asks of a target database, and the values that pass between the two. */
@NullMarked
package io.millrace.sink.destination;

import org.jspecify.annotations.NullMarked;
