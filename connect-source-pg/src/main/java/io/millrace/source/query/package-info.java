/** Mirrors by query: between two watermarks, by xmin, or a whole table at each refresh. */
@NullMarked
package io.millrace.source.query;

import org.jspecify.annotations.NullMarked;
