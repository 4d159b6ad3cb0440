/** What values of Debezium's types mean, for the destinations that write them in forms of their own. */
@NullMarked
package io.millrace.sink.value;

import org.jspecify.annotations.NullMarked;
