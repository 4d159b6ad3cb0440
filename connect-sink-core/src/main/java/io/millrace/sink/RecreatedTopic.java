package io.millrace.sink;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;

/** The records of a partition are not those that were applied. */
final class RecreatedTopic extends ConnectException {
    private static final long serialVersionUID = 1L;

    /** @param applied offset of the last record that was */
    RecreatedTopic(TopicPartition partition, long applied) {
        super(
                "The records of " + partition + " are not those that were applied up to offset " + applied
                        + ": the topic was deleted and created again. Rewind the connector's offsets (PATCH /connectors/<name>/offsets or DELETE them) to read the new topic from its beginning");
    }
}
