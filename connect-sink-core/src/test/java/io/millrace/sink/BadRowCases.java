package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

/** Cases of the contract: records that can never be applied stop the task or become dead letters; none is passed over, none spoils others. */
public interface BadRowCases extends ContractCase {
    @Test
    default void aBadRecordStopsTheTaskOrGoesToTheDeadLetterQueue() {
        log().insert(ORDERS, 1, "a", "b")
                .add(ORDERS.topic(), null, null, Schema.STRING_SCHEMA, "no row", null)
                .insert(ORDERS, 2, "c", "d");
        TaskDriver failing = open();
        assertThatThrownBy(failing::drain).isInstanceOf(ConnectException.class).hasMessageContaining("offset 1");
        failing.kill();
        assertThat(runWithDeadLetters()).containsExactly(1L);
        assertThat(orders()).containsExactly("1|a|b", "2|c|d");
    }

    @Test
    default void schemalessRecordsAreRefused() {
        log().add(ORDERS.topic(), null, null, null, Map.of("id", 1), null);
        TaskDriver task = open();
        assertThatThrownBy(task::drain).hasMessageContaining("schemas.enable");
        task.kill();
    }

    @Test
    default void aTableWithoutAKeyIsOnlyAppendedTo() {
        log().insert(EVENTS, "x");
        TaskDriver task = open();
        assertThatThrownBy(task::drain).hasMessageContaining("shop.events").hasMessageContaining("insert.mode=append");
        task.kill();
        run("insert.mode", "append");
        assertThat(rows("events", "a")).containsExactly("x");
    }

    @Test
    default void aKeyThatIsNullIsADeadLetter() {
        log().insert(ORDERS, 1, "k", "b").insert(ORDERS, 2, null, "b").insert(ORDERS, 3, "l", "b");
        assertThat(runWithDeadLetters("primary.key.mode", "record_value", "primary.key.fields", "a"))
                .containsExactly(1L);
        assertThat(orders()).containsExactly("1|k|b", "3|l|b");
    }

    @Test
    default void anUnknownOperationIsADeadLetter() {
        log().insert(ORDERS, 1, "a", "b");
        log().add(
                        ORDERS.topic(),
                        ORDERS.keySchema(),
                        ORDERS.keyOf(2, "a", "b"),
                        ORDERS.envelopeSchema(),
                        ORDERS.envelope("?", null, ORDERS.row(2, "a", "b"), 5),
                        null);
        assertThat(runWithDeadLetters()).containsExactly(1L);
        assertThat(orders()).containsExactly("1|a|b");
    }

    @Test
    default void anInsertWithoutItsRowIsADeadLetter() {
        log().add(
                        ORDERS.topic(),
                        ORDERS.keySchema(),
                        ORDERS.keyOf(2, "a", "b"),
                        ORDERS.envelopeSchema(),
                        ORDERS.envelope("c", null, null, 5),
                        null);
        log().insert(ORDERS, 1, "a", "b");
        assertThat(runWithDeadLetters()).containsExactly(0L);
        assertThat(orders()).containsExactly("1|a|b");
    }

    @Test
    default void offsetsMoveBehindADeadLetterThatCameLast() {
        log().insert(ORDERS, 1, "a", "b").add(ORDERS.topic(), null, null, Schema.STRING_SCHEMA, "no row", null);
        try (TaskDriver task = task(true).open()) {
            task.drain();
            assertThat(task.commit()).containsEntry(FIRST, 2L);
        }
        assertThat(runWithDeadLetters()).isEmpty();
    }

    @Test
    default void aBadRowLeavesOtherTablesOfItsFlushWhole() {
        SourceTable other = SourceTable.of("shop", "other").key("id", Schema.INT32_SCHEMA);
        for (int i = 0; i < 20; i++) {
            log().insert(ORDERS, i, "a", "b").insert(other, i);
        }
        log().update(ORDERS, 99, "x", KEPT).insert(other, 20).update(ORDERS, 98, KEPT, "x");
        assertThat(runWithDeadLetters()).containsExactlyInAnyOrder(20L, 21L);
        assertThat(orders()).hasSize(20);
        assertThat(rows("other", "id")).hasSize(21);
    }

    @Test
    default void aDeadLetterIsNotRepeatedWhileItsTaskLives() {
        log().insert(ORDERS, 1, "a", "b")
                .add(ORDERS.topic(), null, null, Schema.STRING_SCHEMA, "no row", null)
                .update(ORDERS, 7, "x", KEPT)
                .insert(ORDERS, 2, "c", "d");
        // The refused update makes the task read again from the ledger's position.
        assertThat(runWithDeadLetters()).containsExactly(1L, 2L);
        assertThat(orders()).containsExactly("1|a|b", "2|c|d");
    }

    @Test
    default void aBadRecordInAppendModeCostsOnlyItself() {
        log().insert(EVENTS, "x")
                .add(EVENTS.topic(), null, null, Schema.STRING_SCHEMA, "no row", null)
                .insert(EVENTS, "y");
        assertThat(runWithDeadLetters("insert.mode", "append")).containsExactly(1L);
        assertThat(rows("events", "a")).containsExactly("x", "y");
    }
}
