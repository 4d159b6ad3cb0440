package io.millrace.sink.warehouse.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TopicLog;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What operators do to single tables, and see of them in the warehouse. */
class TableOperationsIT {
    private static final SourceTable ORDERS = table("orders");
    private static final SourceTable STOCK = table("stock");

    private final Target target = new Target();
    private final TopicLog log = new TopicLog();

    @AfterEach
    void close() {
        target.close();
    }

    private static SourceTable table(String name) {
        return SourceTable.of("shop", name).key("id", Schema.INT32_SCHEMA).column("v", Schema.OPTIONAL_STRING_SCHEMA);
    }

    private List<String> states() {
        return target.standIn().rows("mirror", "millrace_ledger_tables", "target", "state", "reason");
    }

    @Test
    void aResyncEmptiesTheTableAndReadsItAgainOnce() {
        log.insert(ORDERS, 1, "a")
                .writeTo(ORDERS.topic(), 1)
                .insert(ORDERS, 2, "b")
                .insert(STOCK, 1, "a");
        target.run(log);
        target.execute(
                "UPDATE shop.orders SET v = 'damaged'",
                "INSERT INTO shop.orders VALUES (99, 'stray')",
                "DELETE FROM shop.stock");
        target.run(log, "tables.resync", "shop.orders:monday");
        assertThat(target.rows("orders", "id", "v")).containsExactly("1|a", "2|b");
        assertThat(target.rows("stock", "id")).isEmpty();
        target.execute("UPDATE shop.orders SET v = 'by hand'");
        target.run(log, "tables.resync", "shop.orders:monday");
        target.run(log);
        assertThat(target.rows("orders", "id", "v")).containsExactly("1|by hand", "2|by hand");
        target.run(log, "tables.resync", "shop.orders:it's tuesday");
        assertThat(target.rows("orders", "id", "v")).containsExactly("1|a", "2|b");
    }

    @Test
    void aLogIsReadAgainToo() {
        log.insert(ORDERS, 1, "a").update(ORDERS, 1, "b");
        target.run(log, "table.layout", "log+view");
        target.run(log, "table.layout", "log+view", "tables.resync", "shop.orders:now");
        assertThat(target.rows("orders", "id", "v")).containsExactly("1|b");
        assertThat(target.rows("orders_log", "id")).hasSize(2);
    }

    @Test
    void aNameWithTheDefaultDatasetIsNotThatOfATableWithout() {
        log.insert(ORDERS, 1, "a");
        target.run(log, "table.map", "shop.orders:orders", BigQueryWarehouse.DATASET, "shop");
        assertThatThrownBy(() -> target.run(
                        log,
                        "table.map",
                        "shop.orders:orders",
                        BigQueryWarehouse.DATASET,
                        "shop",
                        "tables.resync",
                        "shop.orders:now"))
                .hasMessageContaining("included: orders");
        assertThat(target.rows("orders", "id", "v")).containsExactly("1|a");
    }

    @Test
    void aTableThatIsNotKnownYetIsNotResynced() {
        log.insert(ORDERS, 1, "a");
        assertThatThrownBy(() -> target.run(log, "tables.resync", "shop.orders:first"))
                .hasMessageContaining("It knows none yet");
    }

    @Test
    void whatWaitsIsShown() {
        log.insert(ORDERS, 1, "a").insert(STOCK, 1, "a");
        target.run(log, "tables.paused", "shop.stock");
        assertThat(states()).containsExactly("shop.stock|paused|tables.paused");
        target.run(log);
        assertThat(states()).containsExactly("shop.stock|null|null");
    }
}
