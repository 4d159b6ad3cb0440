package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Headers;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

/**
 * What a sink promises, whatever its target: the cases that every destination passes by subclassing. Each case has a
 * target of its own.
 */
public abstract class SinkContract {
    protected static final SourceTable ORDERS = SourceTable.of("shop", "orders")
            .key("id", Schema.INT32_SCHEMA)
            .column("a", Schema.OPTIONAL_STRING_SCHEMA)
            .column("b", Schema.OPTIONAL_STRING_SCHEMA);
    protected static final SourceTable EVENTS =
            SourceTable.of("shop", "events").column("a", Schema.OPTIONAL_STRING_SCHEMA);
    protected static final String KEPT = SourceTable.UNAVAILABLE;

    private static final TopicPartition FIRST = new TopicPartition(ORDERS.topic(), 0);

    protected final TopicLog log = new TopicLog();

    /** A task on this case's target, its partitions not opened yet. */
    protected abstract TaskDriver task(boolean deadLetterQueue, String... config);

    /** Rows of table {@code shop.<name>} as text, columns joined by a bar, NULL as null, sorted. */
    protected abstract List<String> rows(String table, String... columns);

    private TaskDriver open(String... config) {
        return task(false, config).open();
    }

    private void run(String... config) {
        try (TaskDriver task = open(config)) {
            task.drain();
        }
    }

    private List<String> orders() {
        return rows("orders", "id", "a", "b");
    }

    @Test
    void insertsUpdatesAndDeletes() {
        log.insert(ORDERS, 1, "a", "b")
                .insert(ORDERS, 2, "a", null)
                .update(ORDERS, 2, "x", "y")
                .insert(ORDERS, 3, "c", "c");
        run();
        log.delete(ORDERS, 1, null, null).update(ORDERS, 3, null, "d");
        run();
        assertThat(orders()).containsExactly("2|x|y", "3|null|d");
    }

    @Test
    void everyFlushBoundaryGivesTheSame() {
        log.insert(ORDERS, 1, "a", "b")
                .update(ORDERS, 1, "x", KEPT)
                .delete(ORDERS, 1, null, null)
                .insert(ORDERS, 1, "c", "d");
        run("max.batch.size", "1");
        assertThat(orders()).containsExactly("1|c|d");
    }

    @Test
    void aRetriedPutDoesNoHarm() {
        log.insert(EVENTS, "x").insert(EVENTS, "y");
        try (TaskDriver task = open("insert.mode", "append")) {
            task.deliverTwice().drain();
        }
        assertThat(rows("events", "a")).containsExactly("x", "y");
    }

    @Test
    void appendWritesEveryChangeOnce() {
        log.insert(ORDERS, 1, "a", "b").update(ORDERS, 1, "x", KEPT).delete(ORDERS, 1, null, null);
        run("insert.mode", "append");
        run("insert.mode", "append");
        assertThat(rows("orders", "__op", "id", "a", "b")).containsExactly("c|1|a|b", "d|1|null|null", "u|1|x|null");
        assertThat(rows("orders", "__op", "__lsn")).contains("c|1000");
    }

    @Test
    void appendKeepsTheLastValuesOfADeletedRowThatTheSourceSends() {
        log.deleteFull(ORDERS, 1, "a", "b");
        run("insert.mode", "append");
        assertThat(rows("orders", "__op", "id", "a", "b")).containsExactly("d|1|a|b");
    }

    @Test
    void aKilledTaskLosesAndDoublesNothing() {
        for (int i = 0; i < 200; i++) {
            log.insert(EVENTS, "row " + (1000 + i));
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
    void aTaskThatWasReplacedChangesNothingAndFailsNobody() {
        for (int i = 0; i < 100; i++) {
            log.insert(EVENTS, "row " + (1000 + i));
        }
        TaskDriver zombie = task(false, "insert.mode", "append", "max.batch.size", "10")
                .batch(10)
                .open();
        zombie.step();
        zombie.commit();
        TaskDriver successor = task(false, "insert.mode", "append", "max.batch.size", "10")
                .batch(10)
                .open();
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
    void softDeleteFlagsAndReinsertClears() {
        log.insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b").insert(ORDERS, 3, "a", "b");
        run("delete.mode", "soft", "deleted.at.column", "gone_at");
        log.delete(ORDERS, 1, null, null).delete(ORDERS, 2, null, null);
        run("delete.mode", "soft", "deleted.at.column", "gone_at");
        assertThat(rows("orders", "id", "a", "__deleted")).containsExactly("1|a|true", "2|a|true", "3|a|false");
        assertThat(rows("orders", "gone_at").stream().filter("null"::equals)).hasSize(1);
        log.insert(ORDERS, 2, "new", "b");
        run("delete.mode", "soft", "deleted.at.column", "gone_at");
        assertThat(rows("orders", "id", "a", "__deleted")).containsExactly("1|a|true", "2|new|false", "3|a|false");
        assertThat(rows("orders", "gone_at").stream().filter("null"::equals)).hasSize(2);
    }

    @Test
    void softDeleteInOneFlushKeepsTheValues() {
        log.insert(ORDERS, 1, "a", "b").delete(ORDERS, 1, null, null).delete(ORDERS, 9, null, null);
        run("delete.mode", "soft");
        assertThat(rows("orders", "id", "a", "__deleted")).containsExactly("1|a|true");
    }

    @Test
    void ignoredDeletesLeaveTheRow() {
        log.insert(ORDERS, 1, "a", "b").delete(ORDERS, 1, null, null);
        run("delete.mode", "ignore");
        assertThat(orders()).containsExactly("1|a|b");
    }

    @Test
    void partialUpdatesKeepWhatTheSourceDidNotSend() {
        log.insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b");
        run();
        log.update(ORDERS, 1, "x", KEPT).update(ORDERS, 2, KEPT, "y").update(ORDERS, 2, KEPT, null);
        run();
        assertThat(orders()).containsExactly("1|x|b", "2|a|null");
    }

    @Test
    void aPartialUpdateWithoutARowStopsTheTask() {
        log.insert(ORDERS, 1, "a", "b").update(ORDERS, 7, "x", KEPT);
        TaskDriver task = open();
        assertThatThrownBy(task::drain)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("shop.orders")
                .hasMessageContaining("offset 1");
        task.kill();
        assertThat(orders()).isEmpty();
    }

    @Test
    void aPartialUpdateWithoutARowGoesToTheDeadLetterQueue() {
        log.insert(ORDERS, 1, "a", "b").update(ORDERS, 7, "x", KEPT).insert(ORDERS, 2, "c", "d");
        try (TaskDriver task = task(true).open()) {
            task.drain();
            assertThat(task.deadLetters())
                    .extracting(record -> record.kafkaOffset())
                    .containsExactly(1L);
        }
        assertThat(orders()).containsExactly("1|a|b", "2|c|d");
    }

    @Test
    void aPartialUpdateOfARowThatIsGoneIsSkipped() {
        log.insert(ORDERS, 1, "a", "b").updateMarked(ORDERS, Headers.REPLAY, 7, "x", KEPT);
        run();
        assertThat(orders()).containsExactly("1|a|b");
    }

    @Test
    void aBadRecordStopsTheTaskOrGoesToTheDeadLetterQueue() {
        log.insert(ORDERS, 1, "a", "b")
                .add(ORDERS.topic(), null, null, Schema.STRING_SCHEMA, "no row", null)
                .insert(ORDERS, 2, "c", "d");
        TaskDriver failing = open();
        assertThatThrownBy(failing::drain).isInstanceOf(ConnectException.class).hasMessageContaining("offset 1");
        failing.kill();
        try (TaskDriver task = task(true).open()) {
            task.drain();
            assertThat(task.deadLetters()).hasSize(1);
        }
        assertThat(orders()).containsExactly("1|a|b", "2|c|d");
    }

    @Test
    void schemalessRecordsAreRefused() {
        log.add(ORDERS.topic(), null, null, null, java.util.Map.of("id", 1), null);
        TaskDriver task = open();
        assertThatThrownBy(task::drain).hasMessageContaining("schemas.enable");
        task.kill();
    }

    @Test
    void aTableWithoutAKeyIsOnlyAppendedTo() {
        log.insert(EVENTS, "x");
        TaskDriver task = open();
        assertThatThrownBy(task::drain).hasMessageContaining("shop.events").hasMessageContaining("insert.mode=append");
        task.kill();
        run("insert.mode", "append");
        assertThat(rows("events", "a")).containsExactly("x");
    }

    @Test
    void flatRowsAndTombstones() {
        log.flat(ORDERS, 1, "a", "b")
                .flat(ORDERS, 2, "a", "b")
                .flat(ORDERS, 1, "c", "d")
                .tombstone(ORDERS, 2, null, null);
        run();
        assertThat(orders()).containsExactly("1|c|d");
    }

    @Test
    void truncateComesInOrder() {
        log.insert(ORDERS, 1, "a", "b").truncate(ORDERS).insert(ORDERS, 2, "c", "d");
        run();
        assertThat(orders()).containsExactly("2|c|d");
    }

    @Test
    void truncateOfATopicWithSeveralPartitionsIsRefused() {
        log.partition(ORDERS.topic(), 1).insert(ORDERS, 1, "a", "b").truncate(ORDERS);
        TaskDriver task = open();
        assertThatThrownBy(task::drain).hasMessageContaining("several partitions");
        task.kill();
    }

    @Test
    void aNewColumnIsAdded() {
        log.insert(ORDERS.without("b"), 1, "a");
        run();
        log.insert(ORDERS, 2, "c", "d");
        run();
        assertThat(orders()).containsExactly("1|a|null", "2|c|d");
    }

    @Test
    void aDroppedColumnKeepsItsValues() {
        log.insert(ORDERS, 1, "a", "b");
        run();
        log.update(ORDERS.without("b"), 1, "c").insert(ORDERS.without("b"), 2, "e");
        run();
        assertThat(orders()).containsExactly("1|c|b", "2|e|null");
    }

    @Test
    void evolutionNoneIgnoresAndFailStops() {
        log.insert(ORDERS.without("b"), 1, "a");
        run();
        log.insert(ORDERS, 2, "c", "d");
        TaskDriver failing = open("schema.evolution", "fail");
        assertThatThrownBy(failing::drain).hasMessageContaining("shop.orders").hasMessageContaining("b");
        failing.kill();
        run("schema.evolution", "none");
        assertThat(rows("orders", "id", "a")).containsExactly("1|a", "2|c");
    }

    @Test
    void withoutAutoCreateAMissingTableStopsTheTask() {
        log.insert(ORDERS, 1, "a", "b");
        TaskDriver task = open("auto.create", "false");
        assertThatThrownBy(task::drain).hasMessageContaining("shop.orders").hasMessageContaining("auto.create");
        task.kill();
    }

    @Test
    void manyTablesInOneFlush() {
        for (int i = 0; i < 20; i++) {
            SourceTable table = SourceTable.of("shop", "t" + i).key("id", Schema.INT32_SCHEMA);
            log.insert(table, i);
        }
        run();
        for (int i = 0; i < 20; i++) {
            assertThat(rows("t" + i, "id")).containsExactly(String.valueOf(i));
        }
    }

    @Test
    void severalPartitionsFeedOneTable() {
        log.insert(ORDERS, 1, "a", "b")
                .writeTo(ORDERS.topic(), 1)
                .insert(ORDERS, 2, "a", "b")
                .update(ORDERS, 2, "c", "d");
        run();
        run();
        assertThat(orders()).containsExactly("1|a|b", "2|c|d");
    }

    @Test
    void topicsCanBeMappedToOtherTables() {
        log.insert(ORDERS, 1, "a", "b");
        run("table.map", "shop.orders:shop.copied");
        assertThat(rows("copied", "id", "a")).containsExactly("1|a");
    }

    @Test
    void theKeyCanComeFromTheRow() {
        log.insert(ORDERS, 1, "k", "b").insert(ORDERS, 2, "k", "c");
        run("primary.key.mode", "record_value", "primary.key.fields", "a");
        assertThat(orders()).containsExactly("2|k|c");
    }

    @Test
    void aKeyThatSplitsMessageKeysNeedsOnePartition() {
        log.partition(ORDERS.topic(), 1).insert(ORDERS, 1, "k", "b");
        TaskDriver task = open("primary.key.mode", "record_value", "primary.key.fields", "a");
        assertThatThrownBy(task::drain).hasMessageContaining("several partitions");
        task.kill();
    }

    @Test
    void aTopicThatWasCreatedAgainIsNoticed() {
        log.insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b");
        run();
        log.recreate(ORDERS.topic());
        log.insert(ORDERS, 3, "a", "b").insert(ORDERS, 4, "a", "b").insert(ORDERS, 5, "a", "b");
        TaskDriver task = open();
        assertThatThrownBy(task::drain).hasMessageContaining(FIRST.toString()).hasMessageContaining("created again");
        task.kill();
        assertThat(orders()).containsExactly("1|a|b", "2|a|b");
    }

    @Test
    void aLostLedgerIsNoticed() {
        log.insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b").insert(ORDERS, 3, "a", "b");
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
    void aLostLedgerCanBeReadFromTheBeginning() {
        log.insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b");
        try (TaskDriver task =
                task(false, "ledger.missing", "earliest").groupAt(FIRST, 1).open()) {
            task.drain();
        }
        assertThat(orders()).containsExactly("1|a|b", "2|a|b");
    }

    @Test
    void aNewConnectorStartsWhereTheTopicStarts() {
        log.insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b").expire(FIRST, 1);
        try (TaskDriver task = task(false).groupAt(FIRST, 1).open()) {
            task.drain();
        }
        assertThat(orders()).containsExactly("2|a|b");
    }

    @Test
    void committedOffsetsAreThoseOfTheTarget() {
        log.insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b");
        TaskDriver task = open();
        assertThat(task.commit()).isEmpty();
        task.drain();
        assertThat(task.commit()).containsEntry(FIRST, 2L);
        task.close();
    }

    @Test
    void namesAreTakenLiterally() {
        SourceTable odd = SourceTable.of("shop", "Select \"x\"")
                .key("Order", Schema.INT32_SCHEMA)
                .column("select", Schema.OPTIONAL_STRING_SCHEMA)
                .column("it's", Schema.OPTIONAL_STRING_SCHEMA);
        log.insert(odd, 1, "a", "b")
                .delete(odd, 1, null, null)
                .insert(odd, 2, "a", "b")
                .update(odd, 2, KEPT, "c");
        run("max.batch.size", "2");
        assertThat(rows("Select \"x\"", "Order", "select", "it's")).containsExactly("2|a|c");
    }

    @Test
    void aNameThatIsTooLongIsRefused() {
        log.insert(SourceTable.of("shop", "t".repeat(256)).key("id", Schema.INT32_SCHEMA), 1);
        TaskDriver task = open();
        assertThatThrownBy(task::drain).hasMessageContaining("256 bytes");
        task.kill();
    }
}
