/** Tests of the warehouse sink. */
@NullMarked
package io.millrace.sink.warehouse;

import org.jspecify.annotations.NullMarked;
