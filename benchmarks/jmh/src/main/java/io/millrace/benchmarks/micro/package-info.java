/** What one value and one record cost, without servers: decoding, building records, folding, encoding for the target. */
@NullMarked
package io.millrace.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
