package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Headers;
import io.millrace.sink.destination.Capabilities.Mode;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;

/** Cases of the contract about partial updates, and about the bounds of flushes. */
public interface PatchCases extends ContractCase {
    /** Each change in a flush of its own, two by two, and all in one. */
    private void everyWay(Runnable changes, Runnable expectation, String... more) {
        changes.run();
        String[] config = java.util.Arrays.copyOf(more, more.length + 2);
        config[more.length] = "max.batch.size";
        for (String size : new String[] {"1000", "2", "1"}) {
            config[more.length + 1] = size;
            try (TaskDriver task = open(config)) {
                task.drain();
            }
            expectation.run();
            // Again, on what is there now.
            changes.run();
        }
    }

    @Test
    default void everyFlushBoundaryGivesTheSame() {
        needs(Mode.PATCH);
        everyWay(
                () -> log().insert(ORDERS, 1, "a", "b")
                        .update(ORDERS, 1, "x", KEPT)
                        .delete(ORDERS, 1, null, null)
                        .insert(ORDERS, 1, "c", "d"),
                () -> assertThat(orders()).containsExactly("1|c|d"));
    }

    @Test
    default void theLastOfManyChangesStays() {
        for (int i = 0; i < 500; i++) {
            log().update(ORDERS, i % 3, "a" + i, "b");
        }
        run();
        assertThat(orders()).containsExactly("0|a498|b", "1|a499|b", "2|a497|b");
    }

    @Test
    default void insertThenDeleteLeavesNothing() {
        everyWay(
                () -> log().insert(ORDERS, 1, "a", "b")
                        .insert(ORDERS, 2, "c", "d")
                        .delete(ORDERS, 1, null, null),
                () -> assertThat(orders()).containsExactly("2|c|d"));
    }

    @Test
    default void deleteThenInsertLeavesTheNewRow() {
        everyWay(
                () -> log().insert(ORDERS, 1, "a", "b")
                        .delete(ORDERS, 1, null, null)
                        .insert(ORDERS, 1, null, "d"),
                () -> assertThat(orders()).containsExactly("1|null|d"));
    }

    @Test
    default void aChangedKeyIsADeleteAndAnInsert() {
        everyWay(
                () -> log().insert(ORDERS, 1, "a", "b")
                        .delete(ORDERS, 1, null, null)
                        .insert(ORDERS, 2, "a", "b")
                        .delete(ORDERS, 2, null, null)
                        .insert(ORDERS, 3, "a", "c"),
                () -> assertThat(orders()).containsExactly("3|a|c"));
    }

    @Test
    default void twoPartialUpdatesAreOne() {
        needs(Mode.PATCH);
        everyWay(
                () -> log().insert(ORDERS, 1, "a", "b")
                        .update(ORDERS, 1, "x", KEPT)
                        .update(ORDERS, 1, KEPT, "y"),
                () -> assertThat(orders()).containsExactly("1|x|y"));
    }

    @Test
    default void aWholeRowAfterAPartialOne() {
        needs(Mode.PATCH);
        everyWay(
                () -> log().insert(ORDERS, 1, "a", "b")
                        .update(ORDERS, 1, KEPT, "y")
                        .update(ORDERS, 1, "z", null),
                () -> assertThat(orders()).containsExactly("1|z|null"));
    }

    @Test
    default void partialUpdatesKeepWhatTheSourceDidNotSend() {
        needs(Mode.PATCH);
        log().insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b");
        run();
        log().update(ORDERS, 1, "x", KEPT).update(ORDERS, 2, KEPT, "y").update(ORDERS, 2, KEPT, null);
        run();
        assertThat(orders()).containsExactly("1|x|b", "2|a|null");
    }

    @Test
    default void partialUpdatesOfEverySetOfColumnsInOneFlush() {
        needs(Mode.PATCH);
        SourceTable wide = SourceTable.of("shop", "wide").key("id", Schema.INT32_SCHEMA);
        for (int i = 0; i < 4; i++) {
            wide = wide.column("c" + i, Schema.OPTIONAL_STRING_SCHEMA);
        }
        for (int row = 0; row < 16; row++) {
            log().insert(wide, row, "old", "old", "old", "old");
        }
        run();
        for (int row = 0; row < 16; row++) {
            Object[] values = {row, "new", "new", "new", "new"};
            for (int i = 0; i < 4; i++) {
                if ((row >> i & 1) == 1) {
                    values[i + 1] = KEPT;
                }
            }
            log().update(wide, values);
        }
        run();
        assertThat(rows("wide", "id", "c0", "c1", "c2", "c3"))
                .hasSize(16)
                .contains("0|new|new|new|new", "5|old|new|old|new", "15|old|old|old|old");
    }

    @Test
    default void partialUpdatesBesideWholeRowsAndDeletes() {
        needs(Mode.PATCH);
        log().insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b").insert(ORDERS, 3, "a", "b");
        run();
        log().update(ORDERS, 1, KEPT, "p")
                .delete(ORDERS, 2, null, null)
                .update(ORDERS, 3, "w", "w")
                .insert(ORDERS, 4, "n", "n");
        run();
        assertThat(orders()).containsExactly("1|a|p", "3|w|w", "4|n|n");
    }

    @Test
    default void aPartialUpdateWithoutARowStopsTheTask() {
        needs(Mode.PATCH);
        log().insert(ORDERS, 1, "a", "b").update(ORDERS, 7, "x", KEPT);
        TaskDriver task = open();
        assertThatThrownBy(task::drain)
                .isInstanceOf(org.apache.kafka.connect.errors.ConnectException.class)
                .hasMessageContaining("shop.orders")
                .hasMessageContaining("offset 1");
        task.kill();
        assertThat(orders()).isEmpty();
    }

    @Test
    default void aPartialUpdateWithoutARowGoesToTheDeadLetterQueue() {
        needs(Mode.PATCH);
        log().insert(ORDERS, 1, "a", "b").update(ORDERS, 7, "x", KEPT).insert(ORDERS, 2, "c", "d");
        assertThat(runWithDeadLetters()).containsExactly(1L);
        assertThat(orders()).containsExactly("1|a|b", "2|c|d");
    }

    @Test
    default void aPartialUpdateAfterATruncateIsRefused() {
        needs(Mode.PATCH);
        needs(Mode.TRUNCATE);
        log().insert(ORDERS, 1, "a", "b");
        run();
        log().truncate(ORDERS).update(ORDERS, 1, "x", KEPT).insert(ORDERS, 2, "c", "d");
        assertThat(runWithDeadLetters()).containsExactly(2L);
        assertThat(orders()).containsExactly("2|c|d");
    }

    @Test
    default void aPartialUpdateOfARowThatIsGoneIsSkipped() {
        needs(Mode.PATCH);
        log().insert(ORDERS, 1, "a", "b")
                .updateMarked(ORDERS, Headers.REPLAY, 7, "x", KEPT)
                .updateMarked(ORDERS, Headers.GONE, 8, "x", KEPT);
        run();
        assertThat(orders()).containsExactly("1|a|b");
    }

    @Test
    default void aMarkedPartialUpdateOfARowThatIsThereIsApplied() {
        needs(Mode.PATCH);
        log().insert(ORDERS, 1, "a", "b");
        run();
        log().updateMarked(ORDERS, Headers.GONE, 1, "x", KEPT).updateMarked(ORDERS, Headers.GONE, 2, "x", KEPT);
        run();
        assertThat(orders()).containsExactly("1|x|b");
    }
}
