/** Values as Debezium and Connect carry them. */
@NullMarked
package io.millrace.sink.value;

import org.jspecify.annotations.NullMarked;
