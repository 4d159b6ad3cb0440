package io.millrace.sink.warehouse.copies;

import io.millrace.sink.destination.Evolution;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.Generations.Generation;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * What whole copies ask of a warehouse. Where a method takes {@code doing}, that says what cannot be done when it fails, a
 * sentence without its full stop; what fails ends as a {@link org.apache.kafka.connect.errors.ConnectException} that names
 * it, a {@link org.apache.kafka.connect.errors.RetriableException} where it may succeed when it is repeated. The tables of
 * the {@link CopyLog} are made when they are missing.
 */
public interface CopyStore {
    /**
     * Where a copy and its table are.
     *
     * @param live whether the table is there
     * @param staged whether the place is there where the copy's rows are gathered
     * @param keyed whether those have a key
     * @param replacing statements that put the gathered rows in place of the table's, where both are there
     */
    record Look(boolean live, boolean staged, boolean keyed, List<String> replacing) {
        public Look {
            replacing = List.copyOf(replacing);
        }
    }

    /** Clears away what others have left; before each look at what is due. */
    default void tidy() {}

    /** {@link io.millrace.sink.destination.Destination#evolve}. */
    Evolution evolve(TableShape wanted, EvolutionPolicy policy, boolean create);

    /** The table is gone: what is remembered of it is not true any more. */
    default void forget(TableId table) {}

    /** The table's name in a statement. */
    String name(TableId table);

    /** A statement that writes down a text with a table, for {@link #look} to find. */
    String describe(TableId table, String text);

    Look look(String doing, Generation generation);

    /** The ledger's next offset of each partition that feeds the table, as far as it knows them. */
    Map<TopicPartition, Long> positions(String doing, TableId target);

    /** A query's rows, each value as text; none is NULL. */
    List<List<String>> rows(String doing, String query);

    /** Positions from a query's rows of topic, partition and next offset. */
    static Map<TopicPartition, Long> positions(List<List<String>> rows) {
        Map<TopicPartition, Long> positions = new HashMap<>();
        for (List<String> row : rows) {
            positions.put(new TopicPartition(row.get(0), Integer.parseInt(row.get(1))), Long.parseLong(row.get(2)));
        }
        return positions;
    }

    /** One statement after the other, each of which may be repeated. */
    void run(String doing, List<String> statements);

    /** All of them or none; whoever else does so waits. May be repeated. */
    void transact(String doing, List<String> statements);

    /**
     * In one transaction: the first statement, and the others if it has changed a row.
     *
     * @return whether it has
     */
    boolean transact(String doing, String first, List<String> others);
}
