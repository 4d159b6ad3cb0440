package io.millrace.sink;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Finds out, for a partition without a row in the ledger, whether it is new: does consumption begin at its beginning, or
 * where a consumer group once was?
 */
final class LedgerProbe {
    private final TopicPartition partition;

    /** The first offset that was delivered, -1 before. */
    private long first = -1;

    private boolean done;

    LedgerProbe(TopicPartition partition) {
        this.partition = partition;
    }

    /**
     * Whether records are to be taken from this one on; else consumption has to go to offset 0, and what comes from there
     * is to be looked at again.
     *
     * @throws ConnectException for a partition that is not new
     */
    boolean begins(long offset) {
        if (!done && first < 0 && offset > 0) {
            first = offset;
            return false;
        }
        if (!done && offset < first) {
            throw new ConnectException("The target's ledger does not know " + partition
                    + ", but the consumer group has read it up to offset "
                    + first
                    + ". If the ledger was lost or the connector renamed, set ledger.id to the old name or restore it; or set ledger.missing=group"
                    + " to go on from there, or ledger.missing=earliest to read the topic again");
        }
        done = true;
        return true;
    }
}
