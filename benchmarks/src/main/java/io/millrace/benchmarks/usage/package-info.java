/** What a run costs: CPU of each process and of groups of its threads, heap, allocation, bytes read and written. */
@NullMarked
package io.millrace.benchmarks.usage;

import org.jspecify.annotations.NullMarked;
