/** Tests of what is done about whole copies. */
@NullMarked
package io.millrace.sink.copies;

import org.jspecify.annotations.NullMarked;
