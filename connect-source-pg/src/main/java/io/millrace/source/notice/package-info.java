/** Notifications in Debezium's format, and the channels that they go to: log, topic, JMX. */
@NullMarked
package io.millrace.source.notice;

import org.jspecify.annotations.NullMarked;
