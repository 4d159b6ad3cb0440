/** The pgoutput wire protocol, version 1 (PostgreSQL manual, Logical Replication Message Formats). */
@NullMarked
package io.millrace.source.stream.pgoutput;

import org.jspecify.annotations.NullMarked;
