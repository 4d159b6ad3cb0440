/** What the user sees: moving bars in a terminal, plain lines when piped. */
@NullMarked
package io.millrace.quickstart.screen;

import org.jspecify.annotations.NullMarked;
