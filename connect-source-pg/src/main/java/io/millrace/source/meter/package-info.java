/** What a task counts, and the worker's registry that shows it. */
@NullMarked
package io.millrace.source.meter;

import org.jspecify.annotations.NullMarked;
