package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Headers;
import java.util.function.Consumer;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Cases of the contract about several changes of one key in a flush: whatever falls into one flush gives what the changes
 * give one by one. Each runs with one change a flush, with two, and with all in one.
 */
public interface FoldCases extends ContractCase {
    /** Runs {@code changes} behind a row (1, a, b) that is in the target. */
    private void after(int flush, Consumer<TopicLog> changes, String... config) {
        log().insert(ORDERS, 1, "a", "b");
        run(config);
        assertThat(orders()).containsExactly("1|a|b");
        changes.accept(log());
        run(with(flush, config));
    }

    private static String[] with(int flush, String... config) {
        String[] all = java.util.Arrays.copyOf(config, config.length + 2);
        all[config.length] = "max.batch.size";
        all[config.length + 1] = String.valueOf(flush);
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000})
    default void insertThenSoftDeleteLeavesAFlaggedRowWithItsValues(int flush) {
        log().insert(ORDERS, 1, "a", "b").delete(ORDERS, 1, null, null);
        run(with(flush, "delete.mode", "soft"));
        assertThat(rows("orders", "id", "a", "b", "__deleted")).containsExactly("1|a|b|true");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000})
    default void partialUpdateThenSoftDeletePatchesAndFlags(int flush) {
        after(
                flush,
                log -> log.update(ORDERS, 1, "x", KEPT).delete(ORDERS, 1, null, null),
                "delete.mode",
                "soft",
                "deleted.at.column",
                "gone_at");
        assertThat(rows("orders", "id", "a", "b", "__deleted")).containsExactly("1|x|b|true");
        assertThat(rows("orders", "gone_at")).doesNotContain("null").hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000})
    default void partialUpdateThenHardDeleteDeletes(int flush) {
        after(flush, log -> log.update(ORDERS, 1, "x", KEPT).delete(ORDERS, 1, null, null));
        assertThat(orders()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000})
    default void softDeleteOfAnAbsentRowMakesNoRow(int flush) {
        after(flush, log -> log.delete(ORDERS, 7, null, null), "delete.mode", "soft");
        assertThat(rows("orders", "id", "__deleted")).containsExactly("1|false");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000})
    default void aRowThatComesBackAfterASoftDeleteLosesItsFlagAndTime(int flush) {
        after(
                flush,
                log -> log.delete(ORDERS, 1, null, null).insert(ORDERS, 1, "n", null),
                "delete.mode",
                "soft",
                "deleted.at.column",
                "gone_at");
        assertThat(rows("orders", "id", "a", "b", "__deleted", "gone_at")).containsExactly("1|n|null|false|null");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000})
    default void partialUpdateAfterADeleteIsSkippedWhenMarked(int flush) {
        after(flush, log -> log.delete(ORDERS, 1, null, null)
                .updateMarked(ORDERS, Headers.REPLAY, 1, "x", KEPT)
                .updateMarked(ORDERS, Headers.GONE, 8, "x", KEPT)
                .insert(ORDERS, 2, "c", "d"));
        assertThat(orders()).containsExactly("2|c|d");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000})
    default void partialUpdateAfterADeleteIsRejectedElse(int flush) {
        log().insert(ORDERS, 1, "a", "b")
                .delete(ORDERS, 1, null, null)
                .update(ORDERS, 1, "x", KEPT)
                .insert(ORDERS, 2, "c", "d");
        try (TaskDriver task = task(true, with(flush)).open()) {
            task.drain();
            assertThat(task.deadLetters())
                    .extracting(record -> record.kafkaOffset())
                    .containsExactly(3L);
        }
        assertThat(orders()).containsExactly("2|c|d");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000})
    default void aColumnThatAnOlderSchemaLacksKeepsItsValue(int flush) {
        after(flush, log -> log.update(ORDERS.without("b"), 1, "x")
                .insert(ORDERS, 2, "c", "d")
                .update(ORDERS.without("b"), 2, "y"));
        assertThat(orders()).containsExactly("1|x|b", "2|y|d");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000})
    default void aRowThatIsMadeAnewFromAnOlderSchemaHasNullInTheOtherColumns(int flush) {
        after(flush, log -> log.delete(ORDERS, 1, null, null).insert(ORDERS.without("b"), 1, "x"));
        assertThat(orders()).containsExactly("1|x|null");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000})
    default void truncatePartsWhatIsBeforeFromWhatIsBehind(int flush) {
        after(flush, log -> log.insert(ORDERS, 2, "c", "d")
                .update(ORDERS, 1, "x", KEPT)
                .truncate(ORDERS)
                .insert(ORDERS, 1, "n", "m")
                .update(ORDERS, 1, KEPT, "o")
                .truncate(ORDERS)
                .truncate(ORDERS)
                .insert(ORDERS, 3, "e", "f"));
        assertThat(orders()).containsExactly("3|e|f");
    }

    @Test
    default void severalSchemasPartialUpdatesAndDeletesShareAFlush() {
        SourceTable wider = ORDERS.column("c", Schema.OPTIONAL_STRING_SCHEMA);
        log().insert(ORDERS, 1, "a", "b").insert(ORDERS, 2, "a", "b").insert(ORDERS, 3, "a", "b");
        run();
        log().update(wider, 1, "x", KEPT, "1")
                .update(ORDERS.without("a"), 1, "y")
                .update(wider, 2, KEPT, KEPT, "2")
                .update(ORDERS, 2, KEPT, "z")
                .delete(wider, 3, null, null, null)
                .insert(ORDERS.without("b"), 3, "again")
                .insert(wider, 4, "d", "e", "f")
                .update(wider, 4, KEPT, "g", KEPT)
                .insert(ORDERS, 5, "gone", "gone")
                .delete(ORDERS, 5, null, null);
        run();
        assertThat(rows("orders", "id", "a", "b", "c"))
                .containsExactly("1|x|y|1", "2|a|z|2", "3|again|null|null", "4|d|g|f");
    }

    @Test
    default void truncateModeFailStopsAndIgnorePassesOver() {
        log().insert(ORDERS, 1, "a", "b").truncate(ORDERS).insert(ORDERS, 2, "c", "d");
        TaskDriver failing = open("truncate.mode", "fail");
        assertThatThrownBy(failing::drain).hasMessageContaining("shop.orders").hasMessageContaining("truncate.mode");
        failing.kill();
        run("truncate.mode", "ignore");
        assertThat(orders()).containsExactly("1|a|b", "2|c|d");
    }
}
