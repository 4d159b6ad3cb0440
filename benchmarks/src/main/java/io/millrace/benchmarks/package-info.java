/** Side-by-side measurements of the connectors and their peers, on one machine, in one session, in turn. */
@NullMarked
package io.millrace.benchmarks;

import org.jspecify.annotations.NullMarked;
