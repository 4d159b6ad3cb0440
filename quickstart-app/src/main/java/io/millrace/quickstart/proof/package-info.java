/** Whether two databases hold the same rows, computed inside them. */
@NullMarked
package io.millrace.quickstart.proof;

import org.jspecify.annotations.NullMarked;
