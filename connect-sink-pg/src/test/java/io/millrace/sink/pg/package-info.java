/** Tests of the Postgres sink. */
@NullMarked
package io.millrace.sink.pg;

import org.jspecify.annotations.NullMarked;
