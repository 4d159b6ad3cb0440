package io.millrace.sink.warehouse.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Manifest;
import io.millrace.sink.Copies;
import io.millrace.sink.RandomChanges;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;

/** Logs with views, whole copies, resyncs, refused parts of rows, and what is there before the sink is. */
class LayoutsIT extends EngineTest {
    private static final SourceTable STOCK = SourceTable.of("shop", "stock")
            .key("id", Schema.INT32_SCHEMA)
            .column("a", Schema.OPTIONAL_STRING_SCHEMA)
            .column("it's", Schema.OPTIONAL_STRING_SCHEMA);
    /** Manifests of these tests name this schema. */
    private static final SourceTable COPIED = SourceTable.of("public", "stock")
            .key("id", Schema.INT32_SCHEMA)
            .column("a", Schema.OPTIONAL_STRING_SCHEMA)
            .column("it's", Schema.OPTIONAL_STRING_SCHEMA);

    private static final String KEPT = SourceTable.UNAVAILABLE;

    private List<String> stock() {
        return target().current("stock", "id", "a", "it's");
    }

    /** The same random changes as an upsert and as a log. */
    @Test
    void theLogsViewShowsWhatUpsertMakes() {
        RandomChanges changes = new RandomChanges(log, STOCK, 3);
        for (int i = 0; i < 300; i++) {
            changes.next();
        }
        target().run(log, "max.batch.size", "40");
        List<String> upserted = stock();
        assertThat(upserted).hasSize(changes.rows());
        begin();
        target().run(log, "table.layout", "log+view", "max.batch.size", "70");
        assertThat(stock()).isEqualTo(upserted);
        assertThat(target().rows("SELECT count(*) FROM shop.stock_log")).containsExactly("300");
        SourceTable wider = STOCK.column("c", Schema.OPTIONAL_INT64_SCHEMA);
        target().run(log.insert(wider, 99, "a", "b", 7L), "table.layout", "log+view");
        assertThat(target().rows("SELECT c FROM shop.stock WHERE id = 99")).containsExactly("7");
    }

    @Test
    void aTableOfTheViewsNameIsNotReplaced() {
        target().run(log.insert(STOCK, 1, "a", "b"));
        TaskDriver task = target().task(log, "table.layout", "log+view", "ledger.id", "other");
        assertThatThrownBy(task::drain).hasMessageContaining("shop.stock").hasMessageContaining("Table");
        task.kill();
        assertThat(stock()).containsExactly("1|a|b");
    }

    @Test
    void theSinksColumnsInTablesThatWereThereAreWrittenAsTheyAre() {
        target().execute(
                        "CREATE DATABASE shop",
                        "CREATE TABLE shop.stock (id Int32, a Nullable(String), `it's` Nullable(String),"
                                + " __deleted Nullable(Bool), gone_at DateTime64(6, 'UTC'), seen Nullable(DateTime64(6, 'UTC')),"
                                + " __version UInt64, __is_deleted UInt8)"
                                + " ENGINE = ReplacingMergeTree(__version, __is_deleted) ORDER BY id");
        target().run(
                        log.insert(STOCK, 1, "a", "b").insert(STOCK, 2, "c", null),
                        "delete.mode",
                        "soft",
                        "deleted.at.column",
                        "gone_at",
                        "synced.at.column",
                        "seen");
        assertThat(
                        target().rows(
                                        "SELECT id, a, `it's`, __deleted, gone_at, seen > now() - 3600 FROM shop.stock ORDER BY id"))
                .containsExactly("1|a|b|false|null|1", "2|c|null|false|null|1");
    }

    private List<String> copied() {
        return target().rows("SELECT id, a, `it's` FROM public.stock_current ORDER BY id");
    }

    private List<String> gathered() {
        return target().rows("SELECT name FROM system.tables WHERE startsWith(name, 'millrace_gen_')");
    }

    @Test
    void copiesReplaceTablesAtTheirEnd() {
        Copies copies = new Copies(log);
        String[] overwrite = {"insert.mode", "overwrite"};
        copies.copy(COPIED, "g1", Copies.of(1, "a", "b"), Copies.of(2, "a", "b"));
        target().run(log, overwrite);
        assertThat(copied()).containsExactly("1|a|b", "2|a|b");
        int second = copies.next();
        copies.tell(Manifest.Kind.BEGIN, COPIED, "g2", second);
        copies.row(COPIED, "g2", 3, "c", "d");
        target().run(log, overwrite);
        assertThat(copied()).containsExactly("1|a|b", "2|a|b");
        assertThat(gathered()).hasSize(1);
        copies.tell(Manifest.Kind.END, COPIED, "g2", second);
        target().run(log, overwrite);
        assertThat(copied()).containsExactly("3|c|d");
        int third = copies.next();
        copies.tell(Manifest.Kind.BEGIN, COPIED, "g3", third);
        copies.row(COPIED, "g3", 4, "never", "never");
        target().run(log, overwrite);
        copies.tell(Manifest.Kind.ABORT, COPIED, "g3", third);
        target().run(log, overwrite);
        assertThat(copied()).containsExactly("3|c|d");
        copies.empty(COPIED, "g4");
        target().run(log, overwrite);
        assertThat(copied()).isEmpty();
        assertThat(gathered()).isEmpty();
    }

    /** The second copy, of which only the end is missing. */
    private void secondCopy() {
        Copies copies = new Copies(log);
        copies.copy(COPIED, "g1", Copies.of(1, "a", "b"));
        target().run(log, "insert.mode", "overwrite");
        copies.tell(Manifest.Kind.BEGIN, COPIED, "g2", copies.next());
        copies.row(COPIED, "g2", 2, "c", "d");
        target().run(log, "insert.mode", "overwrite");
        copies.tell(Manifest.Kind.END, COPIED, "g2", copies.order());
    }

    @Test
    void aCopyThatAnotherTaskHasIsLeftToItUntilItIsDead() {
        secondCopy();
        String gathered = gathered().get(0);
        target().execute(
                        "RENAME TABLE public." + gathered + " TO public." + gathered + "_aaaaaaaaaaaa",
                        "ALTER TABLE public." + gathered + "_aaaaaaaaaaaa MODIFY COMMENT 'taken'",
                        "INSERT INTO millrace.millrace_ledger (ledger_id, target, topic, `partition`, kind, version, owner)"
                                + " VALUES ('sink', 'public.other', 'other', 0, 'claim', 1, 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa')");
        target().run(log, "insert.mode", "overwrite");
        assertThat(copied()).containsExactly("1|a|b");
        assertThat(gathered()).containsExactly(gathered + "_aaaaaaaaaaaa");
        target().execute("DELETE FROM millrace.millrace_ledger WHERE target = 'public.other'");
        target().run(log, "insert.mode", "overwrite");
        assertThat(copied()).containsExactly("2|c|d");
        assertThat(gathered()).isEmpty();
    }

    @Test
    void aCopyThatIsTakenAwayInTheMiddleFailsNoTask() {
        secondCopy();
        AtomicInteger exchanges = new AtomicInteger();
        Consumer<String> thief = statement -> {
            if (statement.startsWith("EXCHANGE TABLES") && exchanges.incrementAndGet() == 1) {
                String taken = gathered().get(0);
                target().execute("RENAME TABLE public." + taken + " TO public."
                        + taken.substring(0, taken.length() - 12) + "bbbbbbbbbbbb");
            }
        };
        try (BrokenLine line = new BrokenLine(engine().url(), thief)) {
            target().run(log, "insert.mode", "overwrite", ClickHouseWarehouse.URL, line.url());
        }
        assertThat(exchanges).hasPositiveValue();
        target().run(log, "insert.mode", "overwrite");
        assertThat(copied()).containsExactly("2|c|d");
        assertThat(gathered()).isEmpty();
    }

    @Test
    void whatIsKnownOfCopiesDoesNotGrow() {
        Copies copies = new Copies(log);
        String known = "SELECT count() > 0, uniqExact(generation) FROM millrace.millrace_ledger_generations FINAL";
        for (int i = 1; i <= 4; i++) {
            copies.copy(COPIED, "g" + i, Copies.of(i, "a", "b"));
            target().run(log, "insert.mode", "overwrite");
            assertThat(copied()).containsExactly(i + "|a|b");
            assertThat(target().rows(known)).containsExactly("1|1");
        }
        int aborted = copies.next();
        copies.tell(Manifest.Kind.BEGIN, COPIED, "g5", aborted);
        copies.tell(Manifest.Kind.ABORT, COPIED, "g5", aborted);
        target().run(log, "insert.mode", "overwrite");
        assertThat(target().rows(known)).containsExactly("1|1");
        // Told again, it is still the earlier one.
        copies.tell(Manifest.Kind.END, COPIED, "g2", 2);
        target().run(log, "insert.mode", "overwrite");
        assertThat(copied()).containsExactly("4|a|b");
        assertThat(gathered()).isEmpty();
    }

    @Test
    void aCopyWhoseRowsAreGoneReplacesNothing() {
        Copies copies = new Copies(log);
        String[] overwrite = {"insert.mode", "overwrite"};
        copies.copy(COPIED, "g1", Copies.of(1, "a", "b"));
        target().run(log, overwrite);
        copies.tell(Manifest.Kind.BEGIN, COPIED, "g2", copies.next());
        copies.row(COPIED, "g2", 2, "c", "d");
        target().run(log, overwrite);
        target().execute("DROP TABLE public." + gathered().get(0) + " SYNC");
        copies.tell(Manifest.Kind.END, COPIED, "g2", copies.order());
        target().run(log, overwrite);
        assertThat(copied()).containsExactly("1|a|b");
        assertThat(
                        target().rows(
                                        "SELECT DISTINCT fact FROM millrace.millrace_ledger_generations FINAL WHERE generation = 'g2' AND fact IN ('abort', 'done')"))
                .containsExactly("abort");
    }

    @Test
    void aCopyKeepsColumnsThatItDoesNotBring() {
        Copies copies = new Copies(log);
        String[] overwrite = {"insert.mode", "overwrite", ClickHouseWarehouse.PARTIAL_UPDATES, "refuse"};
        copies.copy(COPIED, "g1", Copies.of(1, "a", "b"), Copies.of(2, "c", "d"));
        target().run(log, overwrite);
        target().execute(
                        "ALTER TABLE public.stock ADD COLUMN local String DEFAULT 'none', ADD COLUMN twice Int64 MATERIALIZED id * 2",
                        "INSERT INTO public.stock (id, a, `it's`, local, __version) SELECT id, a, `it's`, 'mine', __version FROM public.stock FINAL WHERE id = 1");
        copies.copy(COPIED, "g2", Copies.of(1, "x", "y"), Copies.of(3, "e", "f"));
        target().run(log, overwrite);
        assertThat(target().rows("SELECT id, a, local, twice FROM public.stock FINAL ORDER BY id"))
                .containsExactly("1|x|mine|2", "3|e|none|6");
    }

    @Test
    void aResyncEmptiesTheTableAndReadsItAgainOnce() {
        log.insert(STOCK, 1, "a", null).writeTo(STOCK.topic(), 1).insert(STOCK, 2, "b", null);
        target().run(log);
        target().execute("INSERT INTO shop.stock (id, a, __version) VALUES (99, 'stray', 1)");
        assertThat(stock()).hasSize(3);
        target().run(log, "tables.resync", "shop.stock:monday");
        assertThat(stock()).containsExactly("1|a|null", "2|b|null");
        target().execute("INSERT INTO shop.stock (id, a, __version) VALUES (99, 'stray', 1)");
        target().run(log, "tables.resync", "shop.stock:monday");
        assertThat(stock()).hasSize(3);
    }

    @Test
    void whatWaitsIsShown() {
        target().run(log.insert(STOCK, 1, "a", null), "tables.paused", "shop.stock");
        String states = "SELECT target, value, reason FROM millrace.millrace_ledger_tables FINAL WHERE value != ''";
        assertThat(target().rows(states)).containsExactly("shop.stock|paused|tables.paused");
        target().run(log);
        assertThat(target().rows(states)).isEmpty();
    }

    @Test
    void partsOfRowsAreRefusedUnlessTheyAreToBeRead() {
        String[] refuse = {ClickHouseWarehouse.PARTIAL_UPDATES, "refuse"};
        log.insert(STOCK, 1, "a", "b").update(STOCK, 1, "x", "y").delete(STOCK, 2, null, null);
        target().run(log, refuse);
        log.update(STOCK, 1, "z", KEPT);
        TaskDriver task = target().task(log, refuse);
        assertThatThrownBy(task::drain)
                .hasMessageContaining("shop.stock")
                .hasMessageContaining("it's")
                .hasMessageContaining("REPLICA IDENTITY FULL")
                .hasMessageContaining("clickhouse.partial.updates");
        task.kill();
        assertThat(stock()).containsExactly("1|x|y");
        target().run(log);
        assertThat(stock()).containsExactly("1|z|y");
        assertThat(target().rows("SELECT name FROM system.tables WHERE startsWith(name, 'millrace_stage_')"))
                .isEmpty();
    }

    @Test
    void tablesThatWereThereBefore() {
        target().execute(
                        "CREATE DATABASE shop",
                        "CREATE TABLE shop.stock (id Int32, a LowCardinality(String), `it's` Nullable(String), n Int32 MATERIALIZED id, __version UInt64, __is_deleted UInt8) ENGINE = ReplacingMergeTree(__version, __is_deleted) ORDER BY id",
                        "CREATE TABLE shop.plain (id Int32, a String, `it's` Nullable(String)) ENGINE = MergeTree ORDER BY id");
        target().run(log.insert(STOCK, 1, "a", "b"), "schema.evolution", "add");
        assertThat(stock()).containsExactly("1|a|b");
        try (TaskDriver task = target().taskWithDeadLetters(log.insert(STOCK, 2, null, "b"), "schema.evolution", "add")
                .drain()) {
            assertThat(task.deadLetters()).hasSize(1);
        }
        assertThat(stock()).containsExactly("1|a|b");
        TaskDriver plain = target().task(log, "table.map", "shop.stock:shop.plain", "ledger.id", "other");
        assertThatThrownBy(plain::drain).hasMessageContaining("shop.plain").hasMessageContaining("ReplacingMergeTree");
        plain.kill();
        target().run(log, "table.map", "shop.stock:shop.plain", "insert.mode", "append", "ledger.id", "third");
        assertThat(
                        target().rows(
                                        "SELECT engine_full LIKE '%deduplication_window = 1000%' FROM system.tables WHERE name = 'plain'"))
                .containsExactly("1");
    }
}
