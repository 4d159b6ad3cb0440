package io.millrace.sink.warehouse.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TopicLog;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators do to single tables, and see of them in the file. */
class TableOperationsIT {
    private static final SourceTable ORDERS = table("orders");
    private static final SourceTable STOCK = table("stock");

    @TempDir
    Path folder;

    private final TopicLog log = new TopicLog();

    private static SourceTable table(String name) {
        return SourceTable.of("public", name).key("id", Schema.INT32_SCHEMA).column("v", Schema.OPTIONAL_STRING_SCHEMA);
    }

    private static List<String> orders(Target target) {
        return target.rows("SELECT id, v FROM public.orders ORDER BY id, v");
    }

    private static List<String> states(Target target) {
        return target.rows(
                "SELECT target, state, reason FROM millrace_ledger_tables WHERE state IS NOT NULL ORDER BY target");
    }

    @Test
    void aResyncEmptiesTheTableAndReadsItAgainOnce() {
        Target target = new Target(folder);
        log.insert(ORDERS, 1, "a")
                .writeTo(ORDERS.topic(), 1)
                .insert(ORDERS, 2, "b")
                .insert(STOCK, 1, "a");
        target.run(log);
        target.execute(
                "UPDATE public.orders SET v = 'damaged'",
                "INSERT INTO public.orders VALUES (99, 'stray')",
                "DELETE FROM public.stock");
        target.run(log, "tables.resync", "public.orders:monday");
        assertThat(orders(target)).containsExactly("1|a", "2|b");
        assertThat(target.rows("SELECT count(*) FROM public.stock")).containsExactly("0");
        target.execute("UPDATE public.orders SET v = 'by hand'");
        target.run(log, "tables.resync", "public.orders:monday");
        target.run(log);
        assertThat(orders(target)).containsExactly("1|by hand", "2|by hand");
        target.run(log, "tables.resync", "public.orders:tuesday");
        assertThat(orders(target)).containsExactly("1|a", "2|b");
    }

    @Test
    void aLogIsReadAgainToo() {
        Target target = new Target(folder);
        log.insert(ORDERS, 1, "a").update(ORDERS, 1, "b");
        target.run(log, "table.layout", "log+view");
        target.run(log, "table.layout", "log+view", "tables.resync", "public.orders:now");
        assertThat(orders(target)).containsExactly("1|b");
        assertThat(target.rows("SELECT count(*) FROM public.orders_log")).containsExactly("2");
    }

    @Test
    void theViewShowsHowFarATableIs() {
        Target target = new Target(folder);
        log.insert(ORDERS, 1, "a")
                .writeTo(ORDERS.topic(), 1)
                .insert(ORDERS, 2, "a")
                .insert(ORDERS, 3, "a")
                .insert(STOCK, 1, "a");
        target.run(log, "tables.paused", "public.stock");
        String view =
                "SELECT ledger_id, table_name, partitions, state, reason, epoch_us(fresh_to) FROM millrace_freshness"
                        + " ORDER BY table_name";
        // The records' source commits lie a millisecond apart: those of partition 0 end first.
        assertThat(target.rows(view))
                .containsExactly(
                        "sink|public.orders|2|active|null|1700000001000000",
                        "sink|public.stock|1|paused|tables.paused|null");
        log.writeTo(ORDERS.topic(), 0).insert(ORDERS, 4, "a");
        target.run(log);
        assertThat(target.rows(view))
                .containsExactly(
                        "sink|public.orders|2|active|null|1700000001002000",
                        "sink|public.stock|1|active|null|1700000001003000");
        target.run(log, "tables.resync", "public.orders:now");
        assertThat(target.rows("SELECT fresh_to IS NOT NULL FROM millrace_freshness"))
                .containsExactly("true", "true");
        target.execute("DROP VIEW millrace_freshness", "CREATE TABLE millrace_freshness (mine INTEGER)");
        log.insert(ORDERS, 5, "a");
        target.run(log);
        assertThat(target.rows("SELECT count(*) FROM public.orders")).containsExactly("5");
    }

    @Test
    void whatWaitsIsShown() {
        Target target = new Target(folder);
        log.insert(ORDERS, 1, "a").insert(STOCK, 1, "a");
        target.run(log, "tables.paused", "public.stock");
        assertThat(states(target)).containsExactly("public.stock|paused|tables.paused");
        target.run(log);
        assertThat(states(target)).isEmpty();
    }
}
