package io.millrace.sink.destination;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * One target database. A task owns one instance; calls never overlap, though they may come from different threads.
 *
 * <p>Everything before {@link #apply} is invisible to readers, holds no lock that another task can wait for, and may be
 * repeated. {@link #apply} is the only call that changes rows, and it moves the ledger in the same transaction: after a
 * return of {@link Outcome.Applied} both are durable, after anything else neither has happened.
 *
 * <p>Failures: {@link org.apache.kafka.connect.errors.RetriableException} says that nothing was applied or that it is
 * not known: {@link #claim} tells; {@link Locked}, that nothing was, because of another session. Any other {@link org.apache.kafka.connect.errors.ConnectException} is final. Messages
 * name tables, columns and settings, never values of rows, never secrets.
 */
public interface Destination extends AutoCloseable {
    /** Constant; needs no connection. */
    Capabilities capabilities();

    /**
     * Time from one flush to the next that the target asks for, in milliseconds; buffers that are full do not wait for it.
     * Constant; needs no connection.
     */
    default long flushIntervalMillis() {
        return 0;
    }

    /** Tables that keys of the target's own name, by key: a warning tells of those that nothing feeds. Needs no connection. */
    default Map<String, Set<TableId>> namedTables() {
        return Map.of();
    }

    /**
     * How values of this column are staged; needs no connection.
     *
     * @throws org.apache.kafka.connect.errors.DataException if no value of the column's schema can be
     */
    Encoding encoding(SourceColumn column);

    /**
     * Takes over every feed of these partitions that the ledger knows: ends the session of an owner that is stuck where
     * the target can, raises each epoch, and answers where to go on. A partition without a feed in the answer has no
     * ledger row; what that means is for the caller to decide.
     */
    Map<Feed, Claim> claim(Set<TopicPartition> partitions);

    /** Gives feeds that the ledger does not know a row with this next offset; a feed that it knows is claimed. */
    Map<Feed, Claim> begin(Map<Feed, Long> first);

    /** The partitions of a topic that the ledger has rows for, whoever owns them. Changes nothing. */
    Set<TopicPartition> partitions(String topic);

    /**
     * An operator's rewind: sets the next offset of every feed of these partitions, or forgets the feeds where empty;
     * fences whoever owns them. Repeating it changes nothing more.
     */
    void rewind(Map<TopicPartition, OptionalLong> next);

    /**
     * Makes the table hold at least the wanted columns, creating it when absent and allowed. Safe when several tasks do
     * it at once. All that can be refused is refused before anything is changed: a type that cannot hold the source's,
     * a key without a unique constraint, names that are too long.
     *
     * @throws org.apache.kafka.connect.errors.ConnectException naming table and column
     */
    Evolution evolve(TableShape wanted, EvolutionPolicy policy, boolean create);

    /**
     * What {@link #evolve} would do, as far as it can be told without doing it; the same refusals. Changes nothing.
     */
    default Evolution plan(TableShape wanted, EvolutionPolicy policy, boolean create) {
        throw new org.apache.kafka.connect.errors.ConnectException("dry.run is not offered for this target");
    }

    /** How whole copies replace a table; empty for a target that cannot. */
    default java.util.Optional<Generations> generations() {
        return java.util.Optional.empty();
    }

    /** What operators ask of single tables; empty for a target that does not offer it. */
    default java.util.Optional<Operations> operations() {
        return java.util.Optional.empty();
    }

    /** Views of the current rows of logs; empty for a target that cannot. */
    default java.util.Optional<Views> views() {
        return java.util.Optional.empty();
    }

    /**
     * Until it is called again: with {@code true}, other sessions' locks are waited for only a moment, since they were
     * waited for before. Never fails; without effect on a target that has no such locks.
     */
    default void hurry(boolean hurried) {}

    /**
     * Loads a batch to where readers do not look. Its columns have been through {@link #evolve}.
     *
     * @throws RefusedRow when a row cannot even be staged
     */
    Staged stage(Batch batch) throws RefusedRow;

    /**
     * In one transaction: compares next and epoch of every advance with the ledger, then per batch truncates, deletes,
     * patches and upserts, then moves the ledger. The number of round trips depends on nothing but the number of calls.
     *
     * <p>With {@link Capabilities.Atomicity#INTENT}: compares the same, and a range that was begun with the advance's;
     * writes down the range of every advance that has a batch; writes each batch in such a way that writing the same
     * range again changes nothing; moves the ledger. After any failure {@link #claim} answers the ranges that were begun,
     * and the next apply of those feeds is of exactly these, whoever does it.
     */
    Outcome apply(List<Staged> staged, List<Advance> advances);

    /** Rolls back and drops what this instance has staged. Never throws for a connection that is already lost. */
    @Override
    void close();

    /** A row that cannot be staged. */
    final class RefusedRow extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Outcome.Bad bad;

        public RefusedRow(Outcome.Bad bad) {
            super(bad.reason());
            this.bad = bad;
        }

        public Outcome.Bad bad() {
            return bad;
        }
    }
}
