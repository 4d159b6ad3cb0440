package io.millrace.sink.warehouse.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.Copies;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

/** Tasks that are cut off at each of their requests, before it arrives or before its answer does. */
class BrokenLineIT extends EngineTest {
    private static final SourceTable EVENTS = SourceTable.of("shop", "events")
            .column("a", Schema.OPTIONAL_STRING_SCHEMA)
            .column("n", Schema.OPTIONAL_INT32_SCHEMA);
    private static final SourceTable STOCK = SourceTable.of("shop", "stock")
            .key("id", Schema.INT32_SCHEMA)
            .column("a", Schema.OPTIONAL_STRING_SCHEMA)
            .column("b", Schema.OPTIONAL_STRING_SCHEMA);

    private static final SourceTable COPIED = SourceTable.of("public", "stock")
            .key("id", Schema.INT32_SCHEMA)
            .column("a", Schema.OPTIONAL_STRING_SCHEMA)
            .column("b", Schema.OPTIONAL_STRING_SCHEMA);

    /** How many requests a task made until it was cut off. */
    private int life(int last, boolean arrives, String... config) {
        try (BrokenLine line = new BrokenLine(engine().url(), last, arrives)) {
            String[] more = Arrays.copyOf(config, config.length + 4);
            more[config.length] = ClickHouseWarehouse.URL;
            more[config.length + 1] = line.url();
            more[config.length + 2] = ClickHouseWarehouse.RETRIES;
            more[config.length + 3] = "0";
            TaskDriver task = null;
            try {
                task = target().task(log, more).batch(7);
                for (int step = 0; step < 12; step++) {
                    task.step();
                }
                task.drain();
            } catch (ConnectException | AssertionError e) {
                // A line that stays broken ends the task, or its patience.
                assertThat(last).as(String.valueOf(e.getMessage())).isPositive();
            } finally {
                if (task != null) {
                    task.kill();
                }
            }
            return line.requests();
        }
    }

    @Test
    void appendLosesAndDoublesNothing() {
        appends();
    }

    /** Rows of another type than the column's wait in a table, from which they are inserted by the server. */
    @Test
    void neitherDoesAppendIntoATableOfWiderTypes() {
        appends(
                "CREATE DATABASE IF NOT EXISTS shop",
                "CREATE TABLE shop.events (a Nullable(String), n Nullable(Int64), __version UInt64) ENGINE = MergeTree ORDER BY __version SETTINGS non_replicated_deduplication_window = 100");
    }

    private void appends(String... before) {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            log.writeTo(EVENTS.topic(), i % 2).insert(EVENTS, "row " + (100 + i), i);
            expected.add("row " + (100 + i) + "|" + i);
        }
        target().execute(before);
        int requests = life(-1, false, "insert.mode", "append", "max.batch.size", "10");
        for (int last = 1; last <= requests; last++) {
            begin();
            target().execute(before);
            life(last, last % 2 == 0, "insert.mode", "append", "max.batch.size", "10");
            // The next task would cut its flushes otherwise.
            target().run(log, "insert.mode", "append", "max.batch.size", "6");
            assertThat(target().current("events", "a", "n"))
                    .as("cut off at request " + last)
                    .isEqualTo(expected);
        }
    }

    @Test
    void upsertConverges() {
        for (int i = 0; i < 6; i++) {
            log.insert(STOCK, i, "a" + i, "b" + i);
        }
        log.update(STOCK, 1, "x", SourceTable.UNAVAILABLE)
                .delete(STOCK, 2, null, null)
                .update(STOCK, 3, SourceTable.UNAVAILABLE, "y")
                .insert(STOCK, 2, "again", null)
                .delete(STOCK, 4, null, null);
        int requests = life(-1, false, "max.batch.size", "4");
        for (int last = 1; last <= requests; last += 2) {
            begin();
            life(last, last % 4 == 1, "max.batch.size", "4");
            target().run(log, "max.batch.size", "3");
            assertThat(target().current("stock", "id", "a", "b"))
                    .as("cut off at request " + last)
                    .containsExactly("0|a0|b0", "1|x|b1", "2|again|null", "3|a3|y", "5|a5|b5");
        }
    }

    @Test
    void aCopyReplacesItsTableOnce() {
        Copies copies = new Copies(log);
        copies.copy(COPIED, "g1", Copies.of(1, "old", "o"), Copies.of(2, "old", "o"));
        copies.copy(COPIED, "g2", Copies.of(2, "new", "n"), Copies.of(3, "new", "n"));
        int requests = life(-1, false, "insert.mode", "overwrite");
        for (int last = 1; last <= requests; last += 2) {
            begin();
            life(last, last % 4 == 3, "insert.mode", "overwrite");
            target().run(log, "insert.mode", "overwrite");
            assertThat(target().rows("SELECT id, a FROM public.stock_current ORDER BY id"))
                    .as("cut off at request " + last)
                    .containsExactly("2|new", "3|new");
        }
    }
}
