package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

/** Cases of the contract about single tables that are paused, or that cannot be written. */
public interface OperatorCases extends ContractCase {
    SourceTable STOCK = SourceTable.of("shop", "stock")
            .key("id", Schema.INT32_SCHEMA)
            .column("a", Schema.OPTIONAL_STRING_SCHEMA)
            .column("b", Schema.OPTIONAL_STRING_SCHEMA);

    @Test
    default void aBadTableIsParkedAndTheOthersGoOn() {
        log().insert(ORDERS, 1, "a", "b").insert(STOCK, 1, "a", "b");
        run();
        TopicPartition bad = new TopicPartition(STOCK.topic(), 0);
        log().update(STOCK, 99, "no row", KEPT);
        try (TaskDriver task = open("table.error.policy", "park", "max.batch.size", "3")) {
            for (int i = 2; i < 30; i++) {
                log().insert(ORDERS, i, "a", "b").insert(STOCK, i, "a", "b");
                task.step();
            }
            task.drain();
            assertThat(task.commit()).containsEntry(bad, 1L);
        }
        assertThat(rows("orders", "id")).hasSize(29);
        assertThat(rows("stock", "id")).containsExactly("1");
        log().insert(ORDERS, 30, "a", "b");
        try (TaskDriver task = task(true).open()) {
            task.drain();
            assertThat(task.deadLetters()).hasSize(1);
        }
        assertThat(rows("stock", "id")).hasSize(29);
        assertThat(rows("orders", "id")).hasSize(30);
    }

    @Test
    default void aTableWhoseRecordsCannotBeReadIsParkedToo() {
        TopicPartition bad = new TopicPartition(STOCK.topic(), 0);
        log().insert(STOCK, 1, "a", "b")
                .add(STOCK.topic(), null, null, null, Map.of("id", 2), null)
                .insert(STOCK, 3, "a", "b")
                .insert(ORDERS, 1, "a", "b");
        for (int restart = 0; restart < 2; restart++) {
            try (TaskDriver task = open("table.error.policy", "park")) {
                task.drain();
                assertThat(task.commit()).containsEntry(bad, 0L);
            }
        }
        assertThat(rows("orders", "id")).containsExactly("1");
        assertThat(rows("stock", "id")).isEmpty();
        assertThat(runWithDeadLetters("table.error.policy", "park")).containsExactly(1L);
        assertThat(rows("stock", "id")).containsExactly("1", "3");
    }

    @Test
    default void aTableWithoutAKeyIsParkedToo() {
        log().insert(EVENTS, "x").insert(ORDERS, 1, "a", "b");
        run("table.error.policy", "park");
        assertThat(rows("orders", "id")).containsExactly("1");
        run("insert.mode", "append");
        assertThat(rows("events", "a")).containsExactly("x");
    }

    @Test
    default void aDroppedTableMayHoldAnything() {
        log().insert(STOCK, 1, "a", "b").add(STOCK.topic(), null, null, null, Map.of("id", 2), null);
        log().insert(ORDERS, 1, "a", "b");
        run("tables.dropped", "shop.stock");
        assertThat(rows("orders", "id")).containsExactly("1");
    }

    @Test
    default void aTableWhoseChangesHaveNoOrderIsParkedToo() {
        log().partition(STOCK.topic(), 1)
                .insert(STOCK, 1, "a", "b")
                .insert(ORDERS, 1, "a", "b")
                .truncate(STOCK);
        run("table.error.policy", "park");
        log().insert(ORDERS, 2, "c", "d");
        run("table.error.policy", "park");
        assertThat(orders()).containsExactly("1|a|b", "2|c|d");
        TaskDriver failing = open();
        assertThatThrownBy(failing::drain)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("several partitions");
        failing.kill();
    }

    @Test
    default void whenNothingWorksTheTaskFailsWhateverThePolicy() {
        log().insert(ORDERS, 1, "a", "b").insert(STOCK, 1, "a", "b");
        TaskDriver task = open("table.error.policy", "park", "auto.create", "false");
        assertThatThrownBy(task::drain).hasMessageContaining("auto.create");
        task.kill();
    }

    @Test
    default void aPausedTableWaitsAndGoesOnWhereItStopped() {
        log().insert(ORDERS, 1, "a", "b").insert(STOCK, 1, "a", "b");
        run();
        log().insert(ORDERS, 2, "c", "d").insert(STOCK, 2, "c", "d");
        for (int restart = 0; restart < 2; restart++) {
            run("tables.paused", "shop.orders");
        }
        assertThat(orders()).containsExactly("1|a|b");
        assertThat(rows("stock", "id")).containsExactly("1", "2");
        log().delete(ORDERS, 1, null, null);
        run();
        assertThat(orders()).containsExactly("2|c|d");
    }

    @Test
    default void aTableThatIsPausedFromTheBeginningLosesNothing() {
        String[] oneTopic = {"table.map", "shop.orders:shop.orders,shop.stock:shop.stock", "tables.paused", "shop.stock"
        };
        log().insert(ORDERS, 1, "a", "b").insert(STOCK, 1, "a", "b");
        run(oneTopic);
        log().insert(ORDERS, 2, "a", "b").insert(STOCK, 2, "a", "b");
        run(oneTopic);
        assertThat(rows("stock", "id")).isEmpty();
        run();
        assertThat(rows("stock", "id")).containsExactly("1", "2");
        assertThat(rows("orders", "id")).containsExactly("1", "2");
    }

    /** One partition feeds two tables, of which one waits: the other's changes are not applied again. */
    @Test
    default void tablesOfOnePartitionWaitEachForItself() {
        String shared = "shop.shared";
        for (int i = 0; i < 6; i++) {
            SourceTable table = i % 2 == 0 ? ORDERS : STOCK;
            log().add(
                            shared,
                            null,
                            null,
                            table.envelopeSchema(),
                            table.envelope("c", null, table.row(i, "a", "b"), 1000 + i),
                            null);
        }
        run("insert.mode", "append", "tables.paused", "shop.stock");
        assertThat(rows("orders", "id")).containsExactly("0", "2", "4");
        run("insert.mode", "append");
        assertThat(rows("orders", "id")).containsExactly("0", "2", "4");
        assertThat(rows("stock", "id")).containsExactly("1", "3", "5");
    }

    /** The other spelling may be the same table in the target, which nothing would fill again. */
    @Test
    default void aResyncOfANameThatTheLedgerDoesNotKnowEmptiesNothing() {
        log().insert(ORDERS, 1, "a", "b").insert(STOCK, 1, "a", "b");
        run();
        for (int restart = 0; restart < 2; restart++) {
            TaskDriver task = task(false, "tables.resync", "SHOP.Orders:monday");
            assertThatThrownBy(task::open)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("tables.resync")
                    .hasMessageContaining("SHOP.Orders")
                    .hasMessageContaining("shop.orders, shop.stock");
            task.kill();
        }
        assertThat(orders()).containsExactly("1|a|b");
        log().insert(ORDERS, 2, "c", "d");
        run("tables.resync", "shop.orders:monday");
        assertThat(orders()).containsExactly("1|a|b", "2|c|d");
    }

    @Test
    default void aDryRunOfAConnectorThatHasRunChangesNothing() {
        log().insert(ORDERS, 1, "a", "b");
        run();
        log().insert(ORDERS, 2, "a", "b").insert(STOCK, 1, "a", "b");
        try (TaskDriver task = task(false, "dry.run", "true").groupAt(FIRST, 1).open()) {
            task.drain();
            assertThat(task.commit()).isEqualTo(Map.of(FIRST, 1L));
        }
        assertThat(orders()).containsExactly("1|a|b");
        run();
        assertThat(orders()).containsExactly("1|a|b", "2|a|b");
        assertThat(rows("stock", "id")).containsExactly("1");
    }

    @Test
    default void aDroppedTableIsPassedOverForGood() {
        log().insert(ORDERS, 1, "a", "b").insert(STOCK, 1, "a", "b");
        run("tables.dropped", "shop.orders");
        log().insert(ORDERS, 2, "a", "b").insert(STOCK, 2, "a", "b");
        run("tables.dropped", "shop.orders");
        assertThat(orders()).isEmpty();
        assertThat(rows("stock", "id")).containsExactly("1", "2");
        log().insert(ORDERS, 3, "a", "b");
        run();
        assertThat(rows("orders", "id")).containsExactly("3");
    }
}
