/** From a Connect record to a change of one row: envelopes, flat rows and tombstones. */
@NullMarked
package io.millrace.sink.change;

import org.jspecify.annotations.NullMarked;
