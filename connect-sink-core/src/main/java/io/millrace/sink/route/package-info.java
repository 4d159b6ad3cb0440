/** From a topic and a source table to the table in the target. */
@NullMarked
package io.millrace.sink.route;

import org.jspecify.annotations.NullMarked;
