package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators do to single tables, and see of them in the target. */
class TableOperationsIT {
    private static final SourceTable ORDERS = table("orders");
    private static final SourceTable STOCK = table("stock");

    private final Target target = Target.fresh();
    private final TopicLog log = new TopicLog();

    private static SourceTable table(String name) {
        return SourceTable.of("public", name).key("id", Schema.INT32_SCHEMA).column("v", Schema.OPTIONAL_STRING_SCHEMA);
    }

    private void run(String... config) {
        target.task(log, config).drain().close();
    }

    private List<String> orders() {
        return target.rows("SELECT id, v FROM orders ORDER BY id, v");
    }

    private List<String> states() {
        return target.rows("SELECT table_name, state, reason FROM millrace_freshness ORDER BY table_name");
    }

    @Test
    void aResyncEmptiesTheTableAndReadsItAgainOnce() {
        log.insert(ORDERS, 1, "a")
                .writeTo(ORDERS.topic(), 1)
                .insert(ORDERS, 2, "b")
                .insert(STOCK, 1, "a");
        run();
        target.execute(
                "UPDATE orders SET v = 'damaged'", "INSERT INTO orders VALUES (99, 'stray')", "DELETE FROM stock");
        run("tables.resync", "public.orders:monday");
        assertThat(orders()).containsExactly("1|a", "2|b");
        assertThat(target.rows("SELECT count(*) FROM stock")).containsExactly("0");
        target.execute("UPDATE orders SET v = 'by hand'");
        run("tables.resync", "public.orders:monday");
        run();
        assertThat(orders()).containsExactly("1|by hand", "2|by hand");
        run("tables.resync", "public.orders:tuesday");
        assertThat(orders()).containsExactly("1|a", "2|b");
    }

    @Test
    void aResyncFencesTheTasksThatRun() {
        for (int i = 0; i < 40; i++) {
            log.writeTo(ORDERS.topic(), i % 2).insert(ORDERS, i, "row " + i);
        }
        List<TopicPartition> partitions = log.partitions();
        String[] append = {"insert.mode", "append", "max.batch.size", "4"};
        TaskDriver first = new TaskDriver(log, new PostgresSinkTask(), target.config(append), false).batch(4);
        first.open(List.of(partitions.get(0))).step();
        first.commit();
        String[] resync = {"insert.mode", "append", "max.batch.size", "4", "tables.resync", "public.orders:now"};
        try (TaskDriver second = new TaskDriver(log, new PostgresSinkTask(), target.config(resync), false)) {
            second.open(List.of(partitions.get(1))).drain();
        }
        first.drain().close();
        assertThat(target.rows("SELECT count(*), count(DISTINCT id) FROM orders"))
                .containsExactly("40|40");
    }

    @Test
    void aTableThatForeignKeysReferToIsResyncedToo() {
        log.insert(ORDERS, 1, "a");
        run();
        target.execute("CREATE TABLE items (o int REFERENCES orders)", "UPDATE orders SET v = 'damaged'");
        run("tables.resync", "public.orders:now");
        assertThat(orders()).containsExactly("1|a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CASCADE", "SET NULL", "SET DEFAULT"})
    void aResyncChangesNoRowOfAnotherTable(String action) {
        log.insert(ORDERS, 1, "a");
        run();
        target.execute(
                "CREATE TABLE items (o int CONSTRAINT of_order REFERENCES orders ON DELETE " + action + ")",
                "INSERT INTO items VALUES (1)",
                "UPDATE orders SET v = 'damaged'");
        assertThatThrownBy(() -> run("tables.resync", "public.orders:now"))
                .hasMessageContaining("public.orders")
                .hasMessageContaining("of_order of table items")
                .hasMessageContaining("session.replication.role");
        assertThat(orders()).containsExactly("1|damaged");
        run("tables.resync", "public.orders:now", "session.replication.role", "replica");
        assertThat(orders()).containsExactly("1|a");
        assertThat(target.rows("SELECT o FROM items")).containsExactly("1");
    }

    @Test
    void aResyncIsNotForWholeCopies() {
        assertThatThrownBy(() -> target.task(log, "insert.mode", "overwrite", "tables.resync", "public.orders:now"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("tables.resync");
    }

    @Test
    void theViewShowsWhatWaitsAndWhy() {
        log.insert(ORDERS, 1, "a").insert(STOCK, 1, "a");
        run("tables.paused", "public.stock");
        assertThat(states()).containsExactly("public.orders|active|null", "public.stock|paused|tables.paused");
        run();
        assertThat(states()).containsExactly("public.orders|active|null", "public.stock|active|null");
        target.execute("ALTER TABLE stock ADD CHECK (v <> 'bad')");
        log.insert(STOCK, 2, "bad").insert(ORDERS, 2, "b");
        run("table.error.policy", "park");
        assertThat(states().get(0)).isEqualTo("public.orders|active|null");
        assertThat(states().get(1)).startsWith("public.stock|parked|").contains("stock_v_check");
        assertThat(orders()).contains("2|b");
        target.execute("ALTER TABLE stock DROP CONSTRAINT stock_v_check");
        run("table.error.policy", "park");
        assertThat(states()).containsExactly("public.orders|active|null", "public.stock|active|null");
    }
}
