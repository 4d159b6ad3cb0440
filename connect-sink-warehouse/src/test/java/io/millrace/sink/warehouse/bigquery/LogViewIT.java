package io.millrace.sink.warehouse.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.RandomChanges;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code table.layout=log+view}: the view shows what upsert makes of the same changes. */
@Tag("extended")
class LogViewIT {
    private static final String KEPT = SourceTable.UNAVAILABLE;
    private static final SourceTable STOCK = SourceTable.of("shop", "stock")
            .key("id", Schema.INT32_SCHEMA)
            .column("a", Schema.OPTIONAL_STRING_SCHEMA)
            .column("ab", Schema.OPTIONAL_STRING_SCHEMA);

    private final Target table = new Target();
    private final Target view = new Target();
    private final TopicLog log = new TopicLog();

    @AfterEach
    void close() {
        table.close();
        view.close();
    }

    @Test
    void theViewShowsWhatUpsertMakes() {
        RandomChanges changes = new RandomChanges(log, STOCK, 3);
        for (int i = 0; i < 400; i++) {
            changes.next();
            if (i % 100 == 99) {
                table.run(log, "max.batch.size", "40");
                view.run(log, "table.layout", "log+view", "max.batch.size", "70");
                assertThat(view.rows("stock", "id", "a", "ab")).isEqualTo(table.rows("stock", "id", "a", "ab"));
                assertThat(view.rows("stock_log", "id")).hasSize(i + 1);
            }
        }
    }

    @Test
    void killedTasksLoseAndDoubleNothing() {
        for (int i = 0; i < 60; i++) {
            log.insert(STOCK, i, "a" + i, "b");
        }
        for (int kill = 1; kill < 5; kill++) {
            TaskDriver task = view.task(log, "table.layout", "log+view", "max.batch.size", "7")
                    .batch(11);
            for (int step = 0; step < kill; step++) {
                task.step();
            }
            task.kill();
        }
        view.run(log, "table.layout", "log+view");
        assertThat(view.rows("stock", "id")).hasSize(60);
        assertThat(view.rows("stock_log", "id")).hasSize(60).doesNotHaveDuplicates();
    }

    @Test
    void aNewColumnIsShown() {
        view.run(log.insert(STOCK, 1, "a", "b"), "table.layout", "log+view");
        SourceTable wider = STOCK.column("c", Schema.OPTIONAL_INT64_SCHEMA);
        view.run(log.insert(wider, 2, "a", "b", 7L).update(wider, 1, KEPT, "d", 8L), "table.layout", "log+view");
        assertThat(view.rows("stock", "id", "a", "ab", "c")).containsExactly("1|a|d|8", "2|a|b|7");
    }

    @Test
    void aColumnThatCannotHaveItsNameIsRefused() {
        log.insert(STOCK.column("it's", Schema.OPTIONAL_STRING_SCHEMA), 1, "a", "b", "c");
        TaskDriver task = view.task(log, "table.layout", "log+view");
        assertThatThrownBy(task::drain).hasMessageContaining("\"it's\"").hasMessageContaining("transformation");
        task.kill();
    }
}
