/**
 * Values in the form of COPY BINARY: one encoder a column, resolved once per schema.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-copy.html">COPY, Binary Format</a>
 */
@NullMarked
package io.millrace.sink.pg.encode;

import org.jspecify.annotations.NullMarked;
