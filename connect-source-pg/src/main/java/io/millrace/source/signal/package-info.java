/** What users ask of a running mirror, in Debezium's formats: rows of a table, or records of a topic. */
@NullMarked
package io.millrace.source.signal;

import org.jspecify.annotations.NullMarked;
