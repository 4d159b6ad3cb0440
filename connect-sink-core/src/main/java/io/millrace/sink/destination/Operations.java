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
        PAUSED,
        /** It waits for another session's lock, and is tried again by itself. */
        WAITING,
        /** It waits no more. */
        ACTIVE
    }

    /**
     * Empties the table and lets every task that feeds it read it again from the beginning of its topics, all in one
     * transaction, and once for each token, however many tasks ask.
     *
     * @return whether it was this call that did it
     * @throws UnknownTable when no feed of a table of exactly this name is in the ledger: another spelling may be the same
     *     table in the target, whose rows nothing would bring back. Nothing is changed then, and the token not used up
     */
    boolean resync(TableId table, String token);

    /**
     * Notes these partitions, and answers those that were noted first, now or earlier, when their topic was complete
     * already: they were added to it. With {@code accept} they are answered no more, now and later. Neither a rewind nor a
     * resync undoes a note.
     */
    Set<TopicPartition> added(Set<TopicPartition> partitions, boolean accept);

    /** Topics of which partitions are noted, and that are not complete yet. Changes nothing. */
    Set<String> incomplete();

    /**
     * A task says that it has noted all its partitions of these topics. A topic is complete from when all of {@code tasks}
     * tasks have said so, counting only those who gave the same number of tasks in their last word, and its partitions'
     * numbers go from 0 without a gap. It stays so. Repeating it changes nothing.
     *
     * @param task from 0
     */
    void complete(Set<String> topics, int task, int tasks);

    /** The topic was deleted and created again: drops all that is noted of it. */
    void forget(String topic);

    /**
     * Shows the state of a table in these partitions until they are claimed again.
     *
     * @return false when the ledger does not know the table yet
     */
    boolean show(TableId table, Set<TopicPartition> partitions, State state, String reason);
}
