package io.millrace.source.stream;

import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record without its offset.
 *
 * @param value null for a tombstone
 * @param size bytes as the source sent them
 */
record Outgoing(
        String topic, @Nullable Struct key, @Nullable Struct value, @Nullable ConnectHeaders headers, int size) {}
