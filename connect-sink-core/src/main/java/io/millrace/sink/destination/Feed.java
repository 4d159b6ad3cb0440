package io.millrace.sink.destination;

import org.apache.kafka.common.TopicPartition;

/** One table fed by one topic partition (names as before any transformation): what the ledger keeps a row for. */
public record Feed(TableId table, TopicPartition partition) {}
