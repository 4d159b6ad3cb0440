/**
 * Postgres column values to Kafka Connect values, with the schemas and semantic types of Debezium: one codec for each
 * column, for the binary and the text form alike, so that snapshot, stream and query give equal records.
 */
@NullMarked
package io.millrace.source.codec;

import org.jspecify.annotations.NullMarked;
