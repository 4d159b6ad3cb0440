/** The part of a sink connector that needs no target: configuration, the flow from put to flush, the task. */
@NullMarked
package io.millrace.sink;

import org.jspecify.annotations.NullMarked;
