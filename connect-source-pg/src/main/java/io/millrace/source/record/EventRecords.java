package io.millrace.source.record;

import io.debezium.config.CommonConnectorConfig.BinaryHandlingMode;

/**
 * What the records of a stream are made with, beside the tables' own schemas.
 *
 * @param source the block that every event carries
 */
public record EventRecords(SourceBlock source, LogicalMessages messages, TransactionRecords transactions) {
    public static EventRecords of(TopicNames topics, SourceBlock source, BinaryHandlingMode binary) {
        return new EventRecords(source, new LogicalMessages(topics, source, binary), new TransactionRecords(topics));
    }
}
