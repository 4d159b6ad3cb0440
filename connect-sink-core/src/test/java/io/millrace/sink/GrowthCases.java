package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.Operations;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Cases of the contract: topics that get more partitions. */
public interface GrowthCases extends ContractCase {
    String TOPIC = "mirror.it's.\"grown\"";

    private static Set<TopicPartition> partitions(int... numbers) {
        return IntStream.of(numbers)
                .mapToObj(number -> new TopicPartition(TOPIC, number))
                .collect(Collectors.toSet());
    }

    private static Operations operations(Destination destination) {
        Assumptions.assumeTrue(destination.operations().isPresent());
        return destination.operations().orElseThrow();
    }

    @Test
    default void aTopicIsCompleteWhenAllTasksHaveSaidSo() {
        try (Destination target = destination("one");
                Destination elsewhere = destination("other")) {
            Operations notes = operations(target);
            assertThat(notes.incomplete()).isEmpty();
            assertThat(notes.added(partitions(0), false)).isEmpty();
            assertThat(notes.incomplete()).containsExactly(TOPIC);
            notes.complete(Set.of(TOPIC), 0, 2);
            notes.complete(Set.of(TOPIC), 0, 2);
            assertThat(notes.incomplete()).containsExactly(TOPIC);
            assertThat(notes.added(partitions(0, 1), false)).isEmpty();
            notes.complete(Set.of(TOPIC), 1, 2);
            assertThat(notes.incomplete()).isEmpty();
            assertThat(notes.added(partitions(0, 1, 2, 3), false)).isEqualTo(partitions(2, 3));
            assertThat(notes.added(partitions(1, 2), false)).isEqualTo(partitions(2));
            assertThat(operations(elsewhere).added(partitions(3, 1), false)).isEmpty();
        }
    }

    @Test
    default void aTopicWithAHoleIsNotComplete() {
        try (Destination target = destination("one")) {
            Operations notes = operations(target);
            notes.added(partitions(0, 2), false);
            notes.complete(Set.of(TOPIC), 0, 1);
            assertThat(notes.incomplete()).containsExactly(TOPIC);
            assertThat(notes.added(partitions(1), false)).isEmpty();
            assertThat(notes.incomplete()).containsExactly(TOPIC);
            notes.complete(Set.of(TOPIC), 0, 1);
            assertThat(notes.incomplete()).isEmpty();
        }
    }

    @Test
    default void tasksOfAnotherNumberOfTasksHaveToSayItAgain() {
        try (Destination target = destination("one")) {
            Operations notes = operations(target);
            notes.added(partitions(0), false);
            notes.complete(Set.of(TOPIC), 0, 2);
            notes.complete(Set.of(TOPIC), 1, 3);
            notes.complete(Set.of(TOPIC), 2, 3);
            assertThat(notes.incomplete()).containsExactly(TOPIC);
            notes.complete(Set.of(TOPIC), 0, 3);
            assertThat(notes.incomplete()).isEmpty();
            notes.complete(Set.of(TOPIC), 0, 5);
            assertThat(notes.incomplete()).isEmpty();
        }
    }

    @Test
    default void onlyWhatIsForgottenIsNotedAnew() {
        try (Destination target = destination("one")) {
            Operations notes = operations(target);
            notes.added(partitions(0, 1), false);
            notes.complete(Set.of(TOPIC), 0, 1);
            target.rewind(Map.of(
                    new TopicPartition(TOPIC, 0),
                    OptionalLong.empty(),
                    new TopicPartition(TOPIC, 2),
                    OptionalLong.of(0)));
            assertThat(notes.added(partitions(0, 1, 2), false)).isEqualTo(partitions(2));
            assertThat(notes.added(partitions(2, 3), true)).isEmpty();
            assertThat(notes.added(partitions(0, 1, 2, 3), false)).isEmpty();
            notes.forget(TOPIC);
            assertThat(notes.incomplete()).isEmpty();
            assertThat(notes.added(partitions(0, 1, 2, 3, 4), false)).isEmpty();
            assertThat(notes.incomplete()).containsExactly(TOPIC);
        }
    }

    @Test
    default void aPartitionThatIsAddedStopsTheTaskUntilItIsAccepted() {
        log().insert(ORDERS, 1, "a", "b");
        run();
        log().insert(ORDERS, 1, "b", "b").writeTo(ORDERS.topic(), 1).insert(ORDERS, 1, "newer", "b");
        TaskDriver failing = task(false);
        assertThatThrownBy(() -> failing.open().drain())
                .hasMessageContaining(ORDERS.topic() + "-1")
                .hasMessageNotContaining(ORDERS.topic() + "-0")
                .hasMessageContaining("partitions.added=wait");
        failing.kill();
        try (TaskDriver task = open("partitions.added", "wait").drain()) {
            assertThat(orders()).containsExactly("1|b|b");
            assertThat(task.commit()).isEqualTo(Map.of(FIRST, 2L));
        }
        run("partitions.added", "accept");
        assertThat(orders()).containsExactly("1|newer|b");
        log().insert(ORDERS, 1, "newest", "b");
        run();
        assertThat(orders()).containsExactly("1|newest|b");
    }

    /** The old partition that a key moves to may have fewer records than the one that it comes from. */
    @Test
    default void aKeyThatMovesToAnOldPartitionIsWrittenOnFromThere() {
        log().insert(ORDERS, 1, "a", "b");
        log().writeTo(ORDERS.topic(), 1);
        log().insert(ORDERS, 2, "a", "b").insert(ORDERS, 3, "a", "b").update(ORDERS, 3, "b", "b");
        run();
        log().partition(ORDERS.topic(), 2).writeTo(ORDERS.topic(), 0);
        log().update(ORDERS, 3, "moved", "b").delete(ORDERS, 2, null, null);
        try (TaskDriver task = open("partitions.added", "wait").drain()) {
            assertThat(orders()).containsExactly("1|a|b", "3|moved|b");
        }
        log().writeTo(ORDERS.topic(), 2).update(ORDERS, 1, "moved", "b");
        run("partitions.added", "accept");
        assertThat(orders()).containsExactly("1|moved|b", "3|moved|b");
    }

    /** Another task has the partition that was added. */
    @Test
    default void aTaskThatOnlyHasOldPartitionsGoesOnToo() {
        TopicPartition second = new TopicPartition(ORDERS.topic(), 1);
        log().insert(ORDERS, 1, "a", "b");
        log().writeTo(ORDERS.topic(), 1);
        log().insert(ORDERS, 2, "a", "b").update(ORDERS, 2, "b", "b").update(ORDERS, 2, "c", "b");
        run();
        log().partition(ORDERS.topic(), 2);
        String[] accept = {"partitions.added", "accept"};
        TaskDriver old = task(false, accept).open(List.of(FIRST)).drain();
        TaskDriver fresh = task(false, accept)
                .open(List.of(second, new TopicPartition(ORDERS.topic(), 2)))
                .drain();
        log().writeTo(ORDERS.topic(), 0).update(ORDERS, 2, "moved", "b");
        old.drain();
        log().writeTo(ORDERS.topic(), 2).update(ORDERS, 1, "moved", "b");
        fresh.drain();
        old.close();
        fresh.close();
        assertThat(orders()).containsExactly("1|moved|b", "2|moved|b");
    }

    @Test
    default void anEmptyPartitionIsThereFromTheBeginning() {
        log().insert(ORDERS, 1, "a", "b").partition(ORDERS.topic(), 1);
        run();
        try (Destination target = destination("sink")) {
            // DELETE /connectors/<name>/offsets: of what the group has offsets for.
            target.rewind(Map.of(FIRST, OptionalLong.empty()));
        }
        log().writeTo(ORDERS.topic(), 1).insert(ORDERS, 2, "much later", "b");
        run();
        assertThat(rows("orders", "id", "a")).containsExactly("1|a", "2|much later");
    }

    @Test
    default void aTopicThatWasCreatedAgainMayHaveMorePartitions() {
        log().insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b");
        run();
        log().recreate(ORDERS.topic());
        log().insert(ORDERS, 3, "a", "b").insert(ORDERS, 5, "a", "b");
        TaskDriver task = open();
        assertThatThrownBy(task::drain).hasMessageContaining("created again");
        task.kill();
        try (Destination target = destination("sink")) {
            target.rewind(Map.of(FIRST, OptionalLong.empty()));
        }
        log().writeTo(ORDERS.topic(), 1).insert(ORDERS, 4, "a", "b");
        run();
        assertThat(rows("orders", "id")).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    default void appendedRowsNeedNoOrderOfPartitions() {
        log().insert(ORDERS, 1, "a", "b");
        run("insert.mode", "append");
        log().writeTo(ORDERS.topic(), 1).insert(ORDERS, 1, "c", "d");
        run("insert.mode", "append");
        assertThat(orders()).containsExactly("1|a|b", "1|c|d");
    }
}
