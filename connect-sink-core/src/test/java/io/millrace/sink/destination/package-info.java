/** The contract of destinations as a suite of tests, and a destination in memory that passes it. */
@NullMarked
package io.millrace.sink.destination;

import org.jspecify.annotations.NullMarked;
