/** One command that mirrors a Postgres database through Kafka Connect and proves that the copy is equal. */
@NullMarked
package io.millrace.quickstart;

import org.jspecify.annotations.NullMarked;
