package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Cases of the contract: inserts and updates, in upsert and in append mode. */
public interface WriteCases extends ContractCase {
    @Test
    default void insertsUpdatesAndDeletes() {
        log().insert(ORDERS, 1, "a", "b")
                .insert(ORDERS, 2, "a", null)
                .update(ORDERS, 2, "x", "y")
                .insert(ORDERS, 3, "c", "c");
        run();
        log().delete(ORDERS, 1, null, null).update(ORDERS, 3, null, "d");
        run();
        assertThat(orders()).containsExactly("2|x|y", "3|null|d");
    }

    @Test
    default void anInsertOfAKnownKeyWritesOver() {
        log().insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b");
        run();
        log().insert(ORDERS, 1, "c", null).insert(ORDERS, 3, "e", "f");
        run();
        assertThat(orders()).containsExactly("1|c|null", "2|a|b", "3|e|f");
    }

    @Test
    default void rowsOfASnapshotWriteOverWhatIsThere() {
        log().insert(ORDERS, 1, "a", "b");
        run();
        log().snapshot(ORDERS, 1, "c", "d").snapshot(ORDERS, 2, "e", "f");
        run();
        assertThat(orders()).containsExactly("1|c|d", "2|e|f");
    }

    @Test
    default void anUpdateOfAnAbsentRowInsertsIt() {
        log().update(ORDERS, 5, "a", "b");
        run();
        assertThat(orders()).containsExactly("5|a|b");
    }

    @Test
    default void aKeyOfSeveralColumns() {
        SourceTable lines = SourceTable.of("shop", "lines")
                .key("order", Schema.INT64_SCHEMA)
                .key("code", Schema.STRING_SCHEMA)
                .column("n", Schema.OPTIONAL_INT32_SCHEMA);
        log().insert(lines, 1L, "x", 1).insert(lines, 1L, "y", 2).insert(lines, 2L, "x", 3);
        run();
        log().update(lines, 1L, "y", 4).delete(lines, 2L, "x", null);
        run();
        assertThat(rows("lines", "order", "code", "n")).containsExactly("1|x|1", "1|y|4");
    }

    @Test
    default void keysOfTextAreTakenAsTheyAre() {
        SourceTable words = SourceTable.of("shop", "words")
                .key("word", Schema.STRING_SCHEMA)
                .column("n", Schema.OPTIONAL_INT32_SCHEMA);
        log().insert(words, "", 1)
                .insert(words, "A", 2)
                .insert(words, "a", 3)
                .insert(words, "a ", 4)
                .insert(words, "ä€𝄞", 5);
        run();
        log().update(words, "a", 6).delete(words, "A", null).update(words, "", 7);
        run();
        assertThat(rows("words", "word", "n")).containsExactlyInAnyOrder("|7", "a|6", "a |4", "ä€𝄞|5");
    }

    @Test
    default void aTableOfNothingButItsKey() {
        SourceTable keys = SourceTable.of("shop", "keys").key("id", Schema.INT32_SCHEMA);
        log().insert(keys, 1).insert(keys, 2).update(keys, 2);
        run();
        log().insert(keys, 1).delete(keys, 2).insert(keys, 3);
        run();
        assertThat(rows("keys", "id")).containsExactly("1", "3");
    }

    @Test
    default void theKeyNeedNotComeFirst() {
        SourceTable last = SourceTable.of("shop", "last")
                .column("v", Schema.OPTIONAL_STRING_SCHEMA)
                .key("id", Schema.INT32_SCHEMA);
        log().insert(last, "a", 1).insert(last, "b", 2);
        run();
        log().update(last, "c", 1).delete(last, null, 2);
        run();
        assertThat(rows("last", "id", "v")).containsExactly("1|c");
    }

    @Test
    default void theKeyCanComeFromTheRow() {
        log().insert(ORDERS, 1, "k", "b").insert(ORDERS, 2, "k", "c");
        run("primary.key.mode", "record_value", "primary.key.fields", "a");
        assertThat(orders()).containsExactly("2|k|c");
    }

    @Test
    default void flatRowsAndTombstones() {
        log().flat(ORDERS, 1, "a", "b")
                .flat(ORDERS, 2, "a", "b")
                .flat(ORDERS, 1, "c", "d")
                .tombstone(ORDERS, 2, null, null);
        run();
        assertThat(orders()).containsExactly("1|c|d");
    }

    @Test
    default void aRetriedPutDoesNoHarm() {
        log().insert(EVENTS, "x").insert(EVENTS, "y");
        try (TaskDriver task = open("insert.mode", "append")) {
            task.deliverTwice().drain();
        }
        assertThat(rows("events", "a")).containsExactly("x", "y");
    }

    @Test
    default void appendWritesEveryChangeOnce() {
        log().insert(ORDERS, 1, "a", "b").update(ORDERS, 1, "x", KEPT).delete(ORDERS, 1, null, null);
        run("insert.mode", "append");
        run("insert.mode", "append");
        assertThat(rows("orders", "__op", "id", "a", "b")).containsExactly("c|1|a|b", "d|1|null|null", "u|1|x|null");
        assertThat(rows("orders", "__op", "__lsn")).contains("c|1000");
    }

    @Test
    default void appendKeepsTheLastValuesOfADeletedRowThatTheSourceSends() {
        log().deleteFull(ORDERS, 1, "a", "b");
        run("insert.mode", "append");
        assertThat(rows("orders", "__op", "id", "a", "b")).containsExactly("d|1|a|b");
    }

    @Test
    default void appendKeepsEqualRows() {
        log().insert(EVENTS, "x").insert(EVENTS, "x").insert(EVENTS, (@Nullable Object) null);
        run("insert.mode", "append");
        log().insert(EVENTS, "x").insert(EVENTS, (@Nullable Object) null);
        run("insert.mode", "append");
        assertThat(rows("events", "a")).containsExactly("null", "null", "x", "x", "x");
    }

    @Test
    default void appendWritesATruncateAsARow() {
        log().insert(ORDERS, 1, "a", "b").truncate(ORDERS).insert(ORDERS, 2, "c", "d");
        run("insert.mode", "append");
        assertThat(rows("orders", "__op", "id", "a")).containsExactly("c|1|a", "c|2|c", "t|null|null");
    }

    /** It brings no row, and so no column of the key, wherever that is taken from. */
    @Test
    default void appendWritesATruncateAsARowWhoeverNamesTheKey() {
        String[] config = {"insert.mode", "append", "primary.key.mode", "record_value", "primary.key.fields", "id"};
        log().insert(ORDERS, 1, "a", "b");
        run(config);
        log().truncate(ORDERS).insert(ORDERS, 2, "c", "d");
        run(config);
        assertThat(rows("orders", "__op", "id", "a")).containsExactly("c|1|a", "c|2|c", "t|null|null");
    }

    @Test
    default void appendsColumnsCanBeCalledOtherwise() {
        log().insert(ORDERS, 1, "a", "b").update(ORDERS, 1, "c", KEPT);
        run("insert.mode", "append", "append.operation.column", "what", "append.lsn.column", "where");
        assertThat(rows("orders", "what", "id", "a")).containsExactly("c|1|a", "u|1|c");
        assertThat(rows("orders", "where")).doesNotContain("null");
    }

    @Test
    default void syncedAtIsFilled() {
        log().insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "c", "d");
        run("synced.at.column", "synced_at");
        log().update(ORDERS, 1, KEPT, "e");
        run("synced.at.column", "synced_at");
        assertThat(rows("orders", "id", "b")).containsExactly("1|e", "2|d");
        assertThat(rows("orders", "synced_at")).hasSize(2).doesNotContain("null");
    }

    @Test
    default void topicsWithoutRecordsMakeNothing() {
        log().partition(ORDERS.topic(), 0);
        try (TaskDriver task = open()) {
            task.drain();
            assertThat(task.commit()).isEmpty();
        }
        assertThat(orders()).isEmpty();
    }
}
