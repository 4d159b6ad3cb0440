package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.Test;

class UpsertIT {
    private static final SourceTable ORDERS = SourceTable.of("public", "orders")
            .key("id", Schema.INT64_SCHEMA)
            .column("customer", SourceTable.tagged(SchemaBuilder.string(), "VARCHAR", 40, -1))
            .column("note", Schema.OPTIONAL_STRING_SCHEMA);

    @Test
    void createsTheTableAndKeepsItInStep() {
        Target target = Target.fresh();
        TopicLog log = new TopicLog()
                .snapshot(ORDERS, 1L, "ann", "first")
                .snapshot(ORDERS, 2L, "bob", null)
                .insert(ORDERS, 3L, "eve", "x");
        try (TaskDriver task = target.task(log).drain()) {
            assertThat(target.rows("SELECT * FROM orders ORDER BY id"))
                    .containsExactly("1|ann|first", "2|bob|null", "3|eve|x");
            log.update(ORDERS, 2L, "bob", "now").delete(ORDERS, 1L, null, null);
            task.drain();
        }
        assertThat(target.rows("SELECT * FROM orders ORDER BY id")).containsExactly("2|bob|now", "3|eve|x");
        assertThat(target.describe("orders"))
                .containsExactly("id|bigint|t", "customer|character varying(40)|t", "note|text|f", "PRIMARY KEY (id)");
        assertThat(target.rows("SELECT target, topic, partition, next FROM millrace_ledger WHERE target <> ''"))
                .containsExactly("public.orders|mirror.public.orders|0|6");
    }

    @Test
    void goesOnFromTheLedgerAfterARestart() {
        Target target = Target.fresh();
        TopicLog log = new TopicLog().insert(ORDERS, 1L, "ann", "a");
        target.task(log).drain().close();
        target.execute("UPDATE orders SET note = 'kept' WHERE id = 1");
        log.insert(ORDERS, 2L, "bob", "b");
        target.task(log).drain().close();
        assertThat(target.rows("SELECT * FROM orders ORDER BY id")).containsExactly("1|ann|kept", "2|bob|b");
    }
}
