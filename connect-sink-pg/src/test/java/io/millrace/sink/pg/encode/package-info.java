/** Tests of encoders. */
@NullMarked
package io.millrace.sink.pg.encode;

import org.jspecify.annotations.NullMarked;
