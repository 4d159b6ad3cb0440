/** What destinations share that are told what to do in SQL. */
@NullMarked
package io.millrace.sink.sql;

import org.jspecify.annotations.NullMarked;
