package io.millrace.sink.warehouse.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.RandomChanges;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code table.layout=log+view}: the view shows what upsert makes of the same changes. */
class LogViewIT {
    private static final String[] LAYOUT = {"table.layout", "log+view"};
    private static final String KEPT = SourceTable.UNAVAILABLE;
    private static final SourceTable STOCK = SourceTable.of("shop", "stock")
            .key("id", Schema.INT32_SCHEMA)
            .column("a", Schema.OPTIONAL_STRING_SCHEMA)
            .column("it's", Schema.OPTIONAL_STRING_SCHEMA);

    @TempDir
    Path folder;

    private final TopicLog log = new TopicLog();

    private static List<String> stock(Target target, String columns) {
        return target.rows("SELECT " + columns + " FROM shop.stock ORDER BY id");
    }

    /** The same random changes into a table: an oracle that other tests hold to the contract. */
    @Test
    void theViewShowsWhatUpsertMakes() {
        RandomChanges changes = new RandomChanges(log, STOCK, 3);
        for (int i = 0; i < 600; i++) {
            changes.next();
            if (i % 150 == 149) {
                Target table = new Target(folder, "table.duckdb");
                Target view = new Target(folder, "view.duckdb");
                table.run(log, "max.batch.size", "40");
                view.run(log, "table.layout", "log+view", "max.batch.size", "70");
                assertThat(stock(view, "*")).isEqualTo(stock(table, "*"));
                assertThat(view.rows("SELECT count(*) FROM shop.stock_log")).containsExactly(String.valueOf(i + 1));
            }
        }
    }

    @Test
    void killedTasksLoseAndDoubleNothing() {
        Target target = new Target(folder);
        for (int i = 0; i < 60; i++) {
            log.insert(STOCK, i, "a" + i, "b");
        }
        for (int kill = 1; kill < 5; kill++) {
            TaskDriver task = target.task(log, "table.layout", "log+view", "max.batch.size", "7")
                    .batch(11);
            for (int step = 0; step < kill; step++) {
                task.step();
            }
            task.kill();
        }
        target.run(log, LAYOUT);
        assertThat(stock(target, "id")).hasSize(60);
        assertThat(target.rows("SELECT count(*), count(DISTINCT id) FROM shop.stock_log"))
                .containsExactly("60|60");
    }

    @Test
    void aNewColumnIsShown() {
        Target target = new Target(folder);
        target.run(log.insert(STOCK, 1, "a", "b"), LAYOUT);
        SourceTable wider = STOCK.column("c", Schema.OPTIONAL_INT64_SCHEMA);
        target.run(log.insert(wider, 2, "a", "b", 7L).update(wider, 1, KEPT, "d", 8L), LAYOUT);
        assertThat(stock(target, "*")).containsExactly("1|a|d|8", "2|a|b|7");
    }

    @Test
    void aTruncateCanBeAllThatAFlushBrings() {
        Target target = new Target(folder);
        target.run(log.truncate(STOCK), LAYOUT);
        target.run(log.insert(STOCK, 1, "a", "b"), LAYOUT);
        assertThat(stock(target, "*")).containsExactly("1|a|b");
        target.run(log.truncate(STOCK), LAYOUT);
        assertThat(stock(target, "*")).isEmpty();
        target.run(log.insert(STOCK, 2, "a", "b").truncate(STOCK), LAYOUT);
        assertThat(stock(target, "*")).isEmpty();
        assertThat(target.rows("SELECT count(*) FROM shop.stock_log")).containsExactly("5");
    }

    @Test
    void aTruncateHasNoKeyThatTheRowsColumnsName() {
        String[] named = {"table.layout", "log+view", "primary.key.mode", "record_value", "primary.key.fields", "id"};
        Target target = new Target(folder);
        target.run(log.insert(STOCK, 1, "a", "b").insert(STOCK, 2, "a", "b"), named);
        target.run(log.truncate(STOCK).insert(STOCK, 2, "c", "d"), named);
        assertThat(stock(target, "*")).containsExactly("2|c|d");
    }

    @Test
    void aDryRunMakesNoView() {
        Target target = new Target(folder);
        log.insert(STOCK, 1, "a", "b");
        try (TaskDriver task = target.task(log, "table.layout", "log+view", "dry.run", "true")) {
            task.drain();
            assertThat(task.commit()).isEmpty();
        }
        target.run(log, LAYOUT);
        assertThat(stock(target, "*")).containsExactly("1|a|b");
    }

    @Test
    void aTableOfTheViewsNameIsNotReplaced() {
        Target target = new Target(folder);
        target.run(log.insert(STOCK, 1, "a", "b"));
        TaskDriver task = target.task(log, "table.layout", "log+view", "ledger.id", "other");
        assertThatThrownBy(task::drain).hasMessageContaining("shop.stock").hasMessageContaining("Table");
        task.kill();
        assertThat(stock(target, "id")).containsExactly("1");
    }

    @Test
    void settingsThatDoNotGoWithALogAreRefused() {
        Target target = new Target(folder);
        assertThatThrownBy(() -> target.task(log, "table.layout", "log+view", "insert.mode", "append"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("insert.mode");
        assertThatThrownBy(() -> target.task(log, "table.layout", "log+view", "delete.mode", "soft"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("delete.mode");
    }
}
