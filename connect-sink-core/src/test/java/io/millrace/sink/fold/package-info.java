/** Tests of folding. */
@NullMarked
package io.millrace.sink.fold;

import org.jspecify.annotations.NullMarked;
