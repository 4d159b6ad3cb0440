package io.millrace.sink.destination;

import io.millrace.core.Manifest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Overwrite: whole copies of a table, gathered where no reader looks and put in place of what was there. Rows of a
 * generation are staged and applied like any others, into a table of their own; the ledger keeps their positions under
 * the target table's name. Calls never overlap with those of the {@link Destination} that this belongs to.
 */
public interface Generations {
    /**
     * A generation of a table.
     *
     * @param target the table that it is a copy of
     * @param id as the source names it
     * @param staging where its rows are gathered
     */
    record Generation(TableId target, String id, TableId staging) {
        private static final String PREFIX = "millrace_gen_";

        public static Generation of(TableId target, String id) {
            List<String> parts = new java.util.ArrayList<>(target.parts());
            long hash = 1125899906842597L;
            for (char c : (target + "\0" + id).toCharArray()) {
                hash = 31 * hash + c;
            }
            parts.set(parts.size() - 1, PREFIX + String.format("%016x", hash));
            return new Generation(target, id, new TableId(parts));
        }
    }

    /**
     * Makes the target and the place for the generation's rows hold at least the wanted columns.
     *
     * @param wanted describes the target
     * @return whether rows are still wanted; not when the generation was aborted, superseded or has replaced the table
     */
    boolean open(Generation generation, TableShape wanted, EvolutionPolicy policy, boolean create);

    /**
     * Writes down what the source says. Repeating it, also with what is long past, changes nothing. An abort may come
     * before anything else is known of the generation, and then holds.
     *
     * @return false for a generation that was not known and whose order is below that of another: it is superseded at once
     */
    boolean tell(Generation generation, Manifest manifest);

    /**
     * Replaces the rows of every table whose generation has ended and all of whose rows are applied, whichever task
     * applied them; each in one transaction, unless the settings allow several. A generation that told of rows and has no
     * place where they lie is given up: only one that told of none is an empty copy. Clears away what is left of generations that nobody wants.
     * One that cannot replace its table does not hold up the others.
     *
     * @param except tables that stay as they are, though a copy of them may be complete; that is found again later
     * @throws org.apache.kafka.connect.errors.RetriableException when the target cannot be reached
     */
    Replaced replace(Set<TableId> except);

    /**
     * Copies that have ended and do not replace their tables yet, since the ledger is not past all of their rows. For
     * people to be told of; changes nothing.
     */
    default List<Awaited> awaited() {
        return List.of();
    }

    /**
     * A copy that waits.
     *
     * @param id of the generation
     * @param millis since it has ended
     * @param missing what it waits for, not empty
     */
    record Awaited(TableId target, String id, long millis, List<Missing> missing) {
        public Awaited {
            missing = List.copyOf(missing);
        }
    }

    /**
     * Rows that the ledger is not past.
     *
     * @param last offset of the copy's last row there
     * @param next the first offset that is not in the target yet; -1 where the ledger does not know the partition
     */
    record Missing(TopicPartition partition, long last, long next) {}

    /**
     * What was replaced.
     *
     * @param unfinished a table is replaced step by step: to be called again soon, whether or not anything comes
     * @param failed tables that cannot be replaced, though others may have been, and why. With {@link Locked} later calls
     *     try again, ever less often, and answer the same in between; with another {@link
     *     org.apache.kafka.connect.errors.RetriableException} the next call does; with anything else the copy is left
     *     alone, and another instance tries it again
     */
    record Replaced(List<TableId> tables, boolean unfinished, Map<TableId, ConnectException> failed) {
        public Replaced {
            tables = List.copyOf(tables);
            failed = Map.copyOf(failed);
        }

        /** Nothing has failed. */
        public Replaced(List<TableId> tables, boolean unfinished) {
            this(tables, unfinished, Map.of());
        }
    }
}
