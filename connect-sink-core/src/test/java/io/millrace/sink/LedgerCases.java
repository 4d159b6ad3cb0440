package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.destination.Destination;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Cases of the contract: the target remembers what it holds: crashes, zombies, and what operators do to topics and offsets. */
public interface LedgerCases extends ContractCase {
    @Test
    default void aKilledTaskLosesAndDoublesNothing() {
        for (int i = 0; i < 200; i++) {
            log().insert(EVENTS, "row " + (1000 + i));
        }
        for (int kill = 0; kill < 5; kill++) {
            TaskDriver task = task(false, "insert.mode", "append", "max.batch.size", "7")
                    .batch(11)
                    .open();
            for (int step = 0; step < 3 + kill; step++) {
                task.step();
            }
            task.kill();
        }
        run("insert.mode", "append");
        assertThat(rows("events", "a")).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    default void aTaskThatWasReplacedChangesNothingAndFailsNobody() {
        for (int i = 0; i < 100; i++) {
            log().insert(EVENTS, "row " + (1000 + i));
        }
        String[] config = {"insert.mode", "append", "max.batch.size", "10"};
        TaskDriver zombie = task(false, config).batch(10).open();
        zombie.step();
        zombie.commit();
        TaskDriver successor = task(false, config).batch(10).open();
        successor.step();
        successor.step();
        zombie.step();
        zombie.step();
        zombie.drain();
        successor.drain();
        zombie.kill();
        successor.close();
        assertThat(rows("events", "a")).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    default void manyTasksFightForOnePartition() {
        for (int i = 0; i < 60; i++) {
            log().insert(EVENTS, "row " + (1000 + i));
        }
        String[] config = {"insert.mode", "append", "max.batch.size", "5"};
        TaskDriver[] tasks = new TaskDriver[4];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = task(false, config).batch(5).open();
            tasks[i].step();
        }
        for (int round = 0; round < 6; round++) {
            for (TaskDriver task : tasks) {
                task.step();
            }
        }
        for (TaskDriver task : tasks) {
            task.kill();
        }
        run(config);
        assertThat(rows("events", "a")).hasSize(60).doesNotHaveDuplicates();
    }

    @Test
    default void aTaskWithoutNewRecordsChangesNothing() {
        log().insert(EVENTS, "x").insert(EVENTS, "y");
        run("insert.mode", "append");
        for (int i = 0; i < 3; i++) {
            run("insert.mode", "append");
        }
        assertThat(rows("events", "a")).containsExactly("x", "y");
    }

    @Test
    default void aConsumerGroupThatIsBehindDoublesNothing() {
        log().insert(EVENTS, "x").insert(EVENTS, "y").insert(EVENTS, "z");
        run("insert.mode", "append");
        log().insert(EVENTS, "new");
        try (TaskDriver task = task(false, "insert.mode", "append")
                .groupAt(new org.apache.kafka.common.TopicPartition(EVENTS.topic(), 0), 1)
                .open()) {
            task.drain();
        }
        assertThat(rows("events", "a")).containsExactly("new", "x", "y", "z");
    }

    @Test
    default void aTopicThatWasCreatedAgainIsNoticed() {
        log().insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b");
        run();
        log().recreate(ORDERS.topic());
        log().insert(ORDERS, 3, "a", "b").insert(ORDERS, 4, "a", "b").insert(ORDERS, 5, "a", "b");
        TaskDriver task = open();
        assertThatThrownBy(task::drain).hasMessageContaining(FIRST.toString()).hasMessageContaining("created again");
        task.kill();
        assertThat(orders()).containsExactly("1|a|b", "2|a|b");
    }

    @Test
    default void aLostLedgerIsNoticed() {
        log().insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b").insert(ORDERS, 3, "a", "b");
        TaskDriver task = task(false).groupAt(FIRST, 2).open();
        assertThatThrownBy(task::drain).hasMessageContaining("ledger.missing=group");
        task.kill();
        try (TaskDriver group =
                task(false, "ledger.missing", "group").groupAt(FIRST, 2).open()) {
            group.drain();
        }
        assertThat(orders()).containsExactly("3|a|b");
    }

    @Test
    default void aLostLedgerCanBeReadFromTheBeginning() {
        log().insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b");
        try (TaskDriver task =
                task(false, "ledger.missing", "earliest").groupAt(FIRST, 1).open()) {
            task.drain();
        }
        assertThat(orders()).containsExactly("1|a|b", "2|a|b");
    }

    @Test
    default void aNewConnectorStartsWhereTheTopicStarts() {
        log().insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b").expire(FIRST, 1);
        try (TaskDriver task = task(false).groupAt(FIRST, 1).open()) {
            task.drain();
        }
        assertThat(orders()).containsExactly("2|a|b");
    }

    @Test
    default void committedOffsetsAreThoseOfTheTarget() {
        log().insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b");
        TaskDriver task = open();
        assertThat(task.commit()).isEmpty();
        task.drain();
        assertThat(task.commit()).containsEntry(FIRST, 2L);
        task.close();
    }

    @Test
    default void offsetsBehindRecordsThatAreNoChangesMove() {
        log().insert(ORDERS, 1, "a", "b").delete(ORDERS, 9, null, null).tombstone(ORDERS, 9, null, null);
        TaskDriver task = open().drain();
        assertThat(task.commit()).containsEntry(FIRST, 4L);
        task.close();
    }

    @Test
    default void anOtherLedgerIdIsAnotherConsumer() {
        log().insert(EVENTS, "x");
        run("insert.mode", "append");
        run("insert.mode", "append", "ledger.id", "other");
        run("insert.mode", "append", "ledger.id", "other");
        assertThat(rows("events", "a")).containsExactly("x", "x");
    }

    @Test
    default void aRewoundPartitionIsReadAgainFromThere() throws Exception {
        log().insert(EVENTS, "x").insert(EVENTS, "y").insert(EVENTS, "z");
        run("insert.mode", "append");
        var partition = new org.apache.kafka.common.TopicPartition(EVENTS.topic(), 0);
        try (Destination destination = destination("sink")) {
            destination.rewind(Map.of(partition, OptionalLong.of(1)));
        }
        run("insert.mode", "append");
        assertThat(rows("events", "a")).containsExactly("x", "y", "y", "z", "z");
    }

    @Test
    default void aForgottenPartitionIsReadFromItsBeginning() throws Exception {
        log().insert(EVENTS, "x").insert(EVENTS, "y");
        run("insert.mode", "append");
        var partition = new org.apache.kafka.common.TopicPartition(EVENTS.topic(), 0);
        try (Destination destination = destination("sink")) {
            destination.rewind(Map.of(partition, OptionalLong.empty()));
        }
        run("insert.mode", "append");
        assertThat(rows("events", "a")).containsExactly("x", "x", "y", "y");
    }

    @Test
    default void aRewindFencesTheTaskThatRuns() throws Exception {
        log().insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b");
        TaskDriver task = open().drain();
        try (Destination destination = destination("sink")) {
            destination.rewind(Map.of(FIRST, OptionalLong.of(0)));
        }
        log().delete(ORDERS, 1, null, null);
        task.drain();
        task.close();
        assertThat(orders()).containsExactly("2|a|b");
    }
}
