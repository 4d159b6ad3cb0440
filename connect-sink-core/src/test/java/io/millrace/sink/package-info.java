/** Tests, and what tests of destinations build on. */
@NullMarked
package io.millrace.sink;

import org.jspecify.annotations.NullMarked;
