/** What destinations share that put whole copies in place of tables, whatever they are told it in. */
@NullMarked
package io.millrace.sink.copies;

import org.jspecify.annotations.NullMarked;
