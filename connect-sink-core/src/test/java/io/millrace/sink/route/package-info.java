/** Tests of routing. */
@NullMarked
package io.millrace.sink.route;

import org.jspecify.annotations.NullMarked;
