package io.millrace.sink;

import io.millrace.sink.destination.Capabilities;
import io.millrace.sink.destination.Destination;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Assumptions;

/** What a case of the contract has at hand: a topic log and a target of its own. Groups of cases extend it. */
public interface ContractCase {
    SourceTable ORDERS = SourceTable.of("shop", "orders")
            .key("id", Schema.INT32_SCHEMA)
            .column("a", Schema.OPTIONAL_STRING_SCHEMA)
            .column("b", Schema.OPTIONAL_STRING_SCHEMA);
    SourceTable EVENTS = SourceTable.of("shop", "events").column("a", Schema.OPTIONAL_STRING_SCHEMA);
    /** A value that the source did not send. */
    String KEPT = SourceTable.UNAVAILABLE;

    TopicPartition FIRST = new TopicPartition(ORDERS.topic(), 0);

    TopicLog log();

    /** A task on this case's target, its partitions not opened yet. */
    TaskDriver task(boolean deadLetterQueue, String... config);

    /** Rows of table {@code shop.<name>} as text, columns joined by a bar, NULL as null, sorted; none without the table. */
    List<String> rows(String table, String... columns);

    /** A destination on this case's target that keeps its ledger under this name; the tasks' is sink. */
    Destination destination(String ledgerId);

    /** As the destination declares them. */
    Capabilities capabilities();

    /** Leaves out a case for which the destination declares that it cannot. */
    default void needs(Capabilities.Mode mode) {
        Assumptions.assumeTrue(capabilities().modes().contains(mode), () -> "The target declares no " + mode);
    }

    /** A task beside another one, whose partitions it does not know. */
    default TaskDriver secondOfTwo(String... config) {
        List<String> more = new ArrayList<>(List.of(config));
        new SinkSettings.Place(1, 2).keys().forEach((key, value) -> more.addAll(List.of(key, value)));
        return task(false, more.toArray(String[]::new));
    }

    default TaskDriver open(String... config) {
        return task(false, config).open();
    }

    /** One task's life: takes all there is, and ends in order. */
    default void run(String... config) {
        try (TaskDriver task = open(config)) {
            task.drain();
        }
    }

    /** The same with a dead letter queue; answers the offsets of what went there. */
    default List<Long> runWithDeadLetters(String... config) {
        try (TaskDriver task = task(true, config).open()) {
            task.drain();
            return task.deadLetters().stream()
                    .map(record -> record.kafkaOffset())
                    .toList();
        }
    }

    default List<String> orders() {
        return rows("orders", "id", "a", "b");
    }
}
