package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;

/** Cases of the contract: many tables, many partitions, and how topics come to tables. */
public interface PartitionCases extends ContractCase {
    TopicPartition SECOND = new TopicPartition(FIRST.topic(), 1);

    @Test
    default void manyTablesInOneFlush() {
        for (int i = 0; i < 100; i++) {
            SourceTable table = SourceTable.of("shop", "t" + i).key("id", Schema.INT32_SCHEMA);
            log().insert(table, i).insert(table, -1).delete(table, -1);
        }
        run();
        for (int i = 0; i < 100; i++) {
            assertThat(rows("t" + i, "id")).containsExactly(String.valueOf(i));
        }
    }

    @Test
    default void manyTablesOverManyFlushes() {
        List<SourceTable> tables = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            tables.add(SourceTable.of("shop", "t" + i)
                    .key("id", Schema.INT32_SCHEMA)
                    .column("v", Schema.OPTIONAL_INT32_SCHEMA));
        }
        for (int i = 0; i < 160; i++) {
            log().update(tables.get(i % 8), i / 16, i);
        }
        run("max.batch.size", "13");
        for (int i = 0; i < 8; i++) {
            assertThat(rows("t" + i, "id", "v")).hasSize(10).contains("9|" + (152 + i));
        }
    }

    @Test
    default void severalPartitionsFeedOneTable() {
        log().insert(ORDERS, 1, "a", "b")
                .writeTo(ORDERS.topic(), 1)
                .insert(ORDERS, 2, "a", "b")
                .update(ORDERS, 2, "c", "d");
        run();
        run();
        assertThat(orders()).containsExactly("1|a|b", "2|c|d");
    }

    @Test
    default void aPartitionMovesToAnotherTask() {
        for (int i = 0; i < 40; i++) {
            log().writeTo(EVENTS.topic(), i % 2).insert(EVENTS, "row " + (100 + i));
        }
        TopicPartition zero = new TopicPartition(EVENTS.topic(), 0);
        TopicPartition one = new TopicPartition(EVENTS.topic(), 1);
        TaskDriver first = task(false, "insert.mode", "append", "max.batch.size", "4")
                .batch(3)
                .open(List.of(zero, one));
        first.step();
        first.step();
        first.close(List.of(one));
        TaskDriver second =
                task(false, "insert.mode", "append").batch(3).open(List.of(one)).drain();
        first.drain();
        first.close();
        second.close();
        assertThat(rows("events", "a")).hasSize(40).doesNotHaveDuplicates();
    }

    @Test
    default void twoTasksFeedOneTable() {
        for (int i = 0; i < 60; i++) {
            log().writeTo(ORDERS.topic(), i % 2).update(ORDERS, i % 10, "a" + i, "b");
        }
        TaskDriver one = secondOfTwo("max.batch.size", "5").batch(4).open(List.of(FIRST));
        TaskDriver two = secondOfTwo("max.batch.size", "7").batch(3).open(List.of(SECOND));
        for (int step = 0; step < 5; step++) {
            one.step();
            two.step();
        }
        one.drain();
        two.drain();
        one.close();
        two.close();
        assertThat(orders()).hasSize(10).contains("0|a50|b", "9|a59|b");
    }

    @Test
    default void onePartitionFeedsSeveralTables() {
        SourceTable other = SourceTable.of("shop", "other")
                .key("id", Schema.INT32_SCHEMA)
                .column("a", Schema.OPTIONAL_STRING_SCHEMA)
                .column("b", Schema.OPTIONAL_STRING_SCHEMA);
        for (int i = 0; i < 6; i++) {
            SourceTable table = i % 2 == 0 ? ORDERS : other;
            log().add(
                            "all",
                            table.keySchema(),
                            table.keyOf(i, "a", "b"),
                            table.envelopeSchema(),
                            table.envelope("c", null, table.row(i, "a", "b"), i),
                            null);
        }
        run("max.batch.size", "2");
        run();
        assertThat(rows("orders", "id")).containsExactly("0", "2", "4");
        assertThat(rows("other", "id")).containsExactly("1", "3", "5");
    }

    @Test
    default void topicsCanBeMappedToOtherTables() {
        log().insert(ORDERS, 1, "a", "b");
        run("table.map", "shop.orders:shop.copied");
        assertThat(rows("copied", "id", "a")).containsExactly("1|a");
    }

    @Test
    default void tablesCanBeNamedByATemplate() {
        log().insert(ORDERS, 1, "a", "b");
        run("table.name.format", "shop.${source.db}_${source.table}");
        assertThat(rows("shop_orders", "id", "a")).containsExactly("1|a");
    }

    @Test
    default void aKeyThatSplitsMessageKeysNeedsOnePartition() {
        log().partition(ORDERS.topic(), 1).insert(ORDERS, 1, "k", "b");
        TaskDriver task = open("primary.key.mode", "record_value", "primary.key.fields", "a");
        assertThatThrownBy(task::drain).hasMessageContaining("several partitions");
        task.kill();
    }

    @Test
    default void moreThanABufferHolds() {
        for (int i = 0; i < 400; i++) {
            log().update(ORDERS, i % 50, "x".repeat(1000) + i, "y".repeat(500));
        }
        run("buffer.max.bytes", "65536");
        assertThat(rows("orders", "id", "a")).hasSize(50).contains("49|" + "x".repeat(1000) + "399");
    }
}
