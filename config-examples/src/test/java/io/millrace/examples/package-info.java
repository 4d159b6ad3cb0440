/** Each example is put to the test: by a real worker, by Strimzi's own model, and by running the first pair. */
@NullMarked
package io.millrace.examples;

import org.jspecify.annotations.NullMarked;
