/** Copies tables while the stream runs: what is read between two points of the stream, without what changed meanwhile. */
@NullMarked
package io.millrace.source.window;

import org.jspecify.annotations.NullMarked;
