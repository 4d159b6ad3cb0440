package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.destination.Capabilities.Mode;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.Test;

/** Cases of the contract: deletes, hard, soft and ignored, and truncates. */
public interface DeleteCases extends ContractCase {
    String[] SOFT = {"delete.mode", "soft"};
    String[] SOFT_WITH_TIME = {"delete.mode", "soft", "deleted.at.column", "gone_at"};

    @Test
    default void softDeleteFlagsAndReinsertClears() {
        needs(Mode.SOFT_DELETE);
        log().insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b").insert(ORDERS, 3, "a", "b");
        run(SOFT_WITH_TIME);
        log().delete(ORDERS, 1, null, null).delete(ORDERS, 2, null, null);
        run(SOFT_WITH_TIME);
        assertThat(rows("orders", "id", "a", "__deleted")).containsExactly("1|a|true", "2|a|true", "3|a|false");
        assertThat(rows("orders", "gone_at").stream().filter("null"::equals)).hasSize(1);
        log().insert(ORDERS, 2, "new", "b");
        run(SOFT_WITH_TIME);
        assertThat(rows("orders", "id", "a", "__deleted")).containsExactly("1|a|true", "2|new|false", "3|a|false");
        assertThat(rows("orders", "gone_at").stream().filter("null"::equals)).hasSize(2);
    }

    @Test
    default void softDeleteInOneFlushKeepsTheValues() {
        needs(Mode.SOFT_DELETE);
        log().insert(ORDERS, 1, "a", "b").delete(ORDERS, 1, null, null).delete(ORDERS, 9, null, null);
        run(SOFT);
        assertThat(rows("orders", "id", "a", "__deleted")).containsExactly("1|a|true");
    }

    @Test
    default void aRowCanBeSoftDeletedTwice() {
        needs(Mode.SOFT_DELETE);
        log().insert(ORDERS, 1, "a", "b").delete(ORDERS, 1, null, null);
        run(SOFT_WITH_TIME);
        log().delete(ORDERS, 1, null, null);
        run(SOFT_WITH_TIME);
        assertThat(rows("orders", "id", "a", "b", "__deleted")).containsExactly("1|a|b|true");
        assertThat(rows("orders", "gone_at")).doesNotContain("null");
    }

    @Test
    default void aTombstoneOfAFlatRowIsASoftDeleteToo() {
        needs(Mode.SOFT_DELETE);
        log().flat(ORDERS, 1, "a", "b").flat(ORDERS, 2, "c", "d");
        run(SOFT);
        log().tombstone(ORDERS, 1, null, null);
        run(SOFT);
        assertThat(rows("orders", "id", "a", "__deleted")).containsExactly("1|a|true", "2|c|false");
    }

    @Test
    default void theFlagIsAddedToATableThatLacksIt() {
        needs(Mode.SOFT_DELETE);
        log().insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "c", "d");
        run();
        log().delete(ORDERS, 1, null, null).insert(ORDERS, 3, "e", "f");
        run(SOFT_WITH_TIME);
        assertThat(rows("orders", "id", "__deleted")).contains("1|true", "3|false");
        assertThat(orders()).containsExactly("1|a|b", "2|c|d", "3|e|f");
    }

    @Test
    default void aColumnOfTheSourceWithTheFlagsNameIsRefused() {
        needs(Mode.SOFT_DELETE);
        log().insert(ORDERS.column("__deleted", Schema.OPTIONAL_STRING_SCHEMA), 1, "a", "b", "c");
        TaskDriver task = open(SOFT);
        assertThatThrownBy(task::drain)
                .hasMessageContaining("shop.orders")
                .hasMessageContaining("__deleted")
                .hasMessageContaining("soft.delete.column");
        task.kill();
        assertThat(orders()).isEmpty();
    }

    /** A flush may end between the delete event and its tombstone, and with it the task. */
    @Test
    default void aTombstoneIsNoSecondDeleteWhenItIsTheFirstToBeRead() {
        log().insert(ORDERS, 1, "a", "b").delete(ORDERS, 1, null, null);
        String[] config = {"insert.mode", "append", "max.batch.size", "2"};
        TaskDriver first = task(false, config).batch(2).open();
        first.step();
        first.commit();
        first.kill();
        assertThat(rows("orders", "__op", "id")).containsExactly("c|1", "d|1");
        task(false, config).batch(1).open().drain().close();
        assertThat(rows("orders", "__op", "id")).containsExactly("c|1", "d|1");
    }

    @Test
    default void aTombstoneThatCompactionHasLeftIsNoDeleteWhereEnvelopesFollow() {
        log().tombstone(ORDERS, 1, null, null).insert(ORDERS, 2, "a", "b");
        run("insert.mode", "append");
        assertThat(rows("orders", "__op", "id")).containsExactly("c|2");
    }

    /** What a delete under REPLICA IDENTITY DEFAULT holds of columns that are NOT NULL; a nullable one would hold NULL. */
    @Test
    default void appendTakesNoFillerOfADeleteForAValue() {
        SchemaBuilder instant =
                SchemaBuilder.string().name("io.debezium.time.ZonedTimestamp").version(1);
        SourceTable filled = SourceTable.of("shop", "filled")
                .key("id", Schema.INT32_SCHEMA)
                .column("seen", SourceTable.tagged(instant, "TIMESTAMPTZ", -1, -1))
                .column("kind", SchemaBuilder.string().defaultValue("x").build())
                .column("n", Schema.INT32_SCHEMA)
                .column("m", Schema.OPTIONAL_INT32_SCHEMA);
        log().deleteFull(filled, 1, "1970-01-01T00:00:00Z", "x", 0, null)
                .deleteFull(filled, 2, "1970-01-01T00:00:00Z", "x", 0, 0);
        run("insert.mode", "append");
        assertThat(rows("filled", "__op", "id", "kind", "n", "m")).containsExactly("d|1|null|null|null", "d|2|x|0|0");
        assertThat(rows("filled", "seen")).contains("null");
    }

    @Test
    default void ignoredDeletesLeaveTheRow() {
        log().insert(ORDERS, 1, "a", "b").delete(ORDERS, 1, null, null);
        run("delete.mode", "ignore");
        assertThat(orders()).containsExactly("1|a|b");
    }

    @Test
    default void aDeleteOfAnAbsentRowIsNoError() {
        log().insert(ORDERS, 1, "a", "b");
        run();
        log().delete(ORDERS, 2, null, null).insert(ORDERS, 3, "c", "d");
        run();
        assertThat(orders()).containsExactly("1|a|b", "3|c|d");
    }

    @Test
    default void aDeleteCanBeTheFirstThatIsHeardOfATable() {
        log().delete(ORDERS, 1, null, null);
        run();
        log().insert(ORDERS, 1, "a", "b");
        run();
        assertThat(orders()).containsExactly("1|a|b");
    }

    @Test
    default void aDeleteUnderFullReplicaIdentity() {
        log().insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "c", "d");
        run();
        log().deleteFull(ORDERS, 1, "a", "b");
        run();
        assertThat(orders()).containsExactly("2|c|d");
    }

    @Test
    default void aDeletedRowCanComeBack() {
        log().insert(ORDERS, 1, "a", "b");
        run();
        log().delete(ORDERS, 1, null, null);
        run();
        assertThat(orders()).isEmpty();
        log().insert(ORDERS, 1, "c", null);
        run();
        assertThat(orders()).containsExactly("1|c|null");
    }

    @Test
    default void manyDeletesInOneFlush() {
        SourceTable numbers = SourceTable.of("shop", "numbers").key("id", Schema.INT32_SCHEMA);
        for (int i = 0; i < 1000; i++) {
            log().insert(numbers, i);
        }
        run();
        for (int i = 0; i < 1000; i++) {
            if (i % 100 != 7) {
                log().delete(numbers, i);
            }
        }
        run();
        assertThat(rows("numbers", "id")).hasSize(10).contains("7", "907");
    }

    @Test
    default void truncateComesInOrder() {
        needs(Mode.TRUNCATE);
        log().insert(ORDERS, 1, "a", "b").truncate(ORDERS).insert(ORDERS, 2, "c", "d");
        run();
        assertThat(orders()).containsExactly("2|c|d");
    }

    @Test
    default void aTruncateEmptiesOnlyItsTable() {
        needs(Mode.TRUNCATE);
        SourceTable other = SourceTable.of("shop", "other").key("id", Schema.INT32_SCHEMA);
        log().insert(ORDERS, 1, "a", "b").insert(other, 1);
        run();
        log().truncate(ORDERS).truncate(ORDERS);
        run();
        assertThat(orders()).isEmpty();
        assertThat(rows("other", "id")).containsExactly("1");
    }

    @Test
    default void aTruncateOfATableThatIsNotThere() {
        needs(Mode.TRUNCATE);
        log().truncate(ORDERS).insert(ORDERS, 1, "a", "b");
        run();
        assertThat(orders()).containsExactly("1|a|b");
    }

    @Test
    default void truncateOfATopicWithSeveralPartitionsIsRefused() {
        log().partition(ORDERS.topic(), 1).insert(ORDERS, 1, "a", "b").truncate(ORDERS);
        TaskDriver task = open();
        assertThatThrownBy(task::drain).hasMessageContaining("several partitions");
        task.kill();
    }
}
