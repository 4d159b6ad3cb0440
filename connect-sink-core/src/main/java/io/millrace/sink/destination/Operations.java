package io.millrace.sink.destination;

import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * What operators ask of single tables and see of them, kept beside the ledger in the target. Calls never overlap with
 * those of the {@link Destination} that this belongs to.
 */
public interface Operations {
    /** How a table is, for people to see. */
    enum State {
        /** It waits after an error. */
        PARKED,
        /** It waits because the configuration says so. */
        PAUSED
    }

    /**
     * Empties the table and lets every task that feeds it read it again from the beginning of its topics, all in one
     * transaction, and once for each token, however many tasks ask.
     *
     * @return whether it was this call that did it
     */
    boolean resync(TableId table, String token);

    /**
     * Notes that these partitions are known, and answers those that have come to their topic long after others of it. With
     * {@code accept} they are answered no more, now and later.
     */
    Set<TopicPartition> added(Set<TopicPartition> partitions, boolean accept);

    /**
     * Shows the state of a table in these partitions until they are claimed again.
     *
     * @return false when the ledger does not know the table yet
     */
    boolean show(TableId table, Set<TopicPartition> partitions, State state, String reason);
}
