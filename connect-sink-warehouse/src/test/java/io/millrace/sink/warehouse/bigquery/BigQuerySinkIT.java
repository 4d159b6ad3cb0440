package io.millrace.sink.warehouse.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.SinkContract;
import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.destination.Capabilities;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.warehouse.WarehouseSinkTask;
import io.millrace.testing.Await;
import java.math.BigDecimal;
import java.util.List;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The contract of sinks, by the vendor's client against the stand-in. */
@Tag("extended")
class BigQuerySinkIT extends SinkContract {
    private final Target target = new Target();

    @AfterEach
    void close() {
        // A task that was killed drops what it was loading when it is there.
        Await.until("staging tables are dropped", () -> target.gathered().isEmpty());
        target.close();
    }

    @Override
    public TaskDriver task(boolean deadLetterQueue, String... config) {
        return new TaskDriver(log, new WarehouseSinkTask(), target.config(config), deadLetterQueue);
    }

    @Override
    public Destination destination(String ledgerId) {
        return target.destination(ledgerId);
    }

    @Override
    public Capabilities capabilities() {
        return BigQueryDestination.CAPABILITIES;
    }

    @Override
    public List<String> rows(String table, String... columns) {
        return target.rows(table, columns);
    }

    /** Names of tables are taken as they are, or refused. */
    @Override
    @Test
    public void namesAreTakenLiterally() {
        SourceTable odd = SourceTable.of("shop", "Select \"x\"").key("id", Schema.INT32_SCHEMA);
        log().insert(odd, 1);
        TaskDriver task = open();
        assertThatThrownBy(task::drain).hasMessageContaining("Select").hasMessageContaining("table.map");
        task.kill();
        run("table.map", odd.topic() + ":shop.select");
        assertThat(rows("select", "id")).containsExactly("1");
    }

    /** Names of columns are fitted to what BigQuery takes. */
    @Override
    @Test
    public void tablesAndColumnsOfEveryName() {
        for (int i = 0; i < ODD.length; i++) {
            SourceTable table = SourceTable.of("shop", "t" + i)
                    .key("id", Schema.INT32_SCHEMA)
                    .column(ODD[i], Schema.OPTIONAL_STRING_SCHEMA)
                    .column("b", Schema.OPTIONAL_STRING_SCHEMA);
            log().insert(table, 1, "a", "b").insert(table, 2, "a", "b");
            log().update(table, 1, "c", KEPT).delete(table, 2, null, null).insert(table, 3, null, "d");
        }
        run("max.batch.size", "40");
        for (int i = 0; i < ODD.length; i++) {
            assertThat(rows("t" + i, "id", ODD[i], "b")).as(ODD[i]).containsExactly("1|c|b", "3|null|d");
        }
    }

    @Override
    @Test
    public void keysAndFlagsOfEveryName() {
        String[] names = {"select", "weird \"\"name", "größe 寸法 𝄞", "a.b", "Case", "1st"};
        for (int i = 0; i < names.length; i++) {
            SourceTable odd = SourceTable.of("shop", "keyed" + i)
                    .key(names[i], Schema.INT32_SCHEMA)
                    .column("v", Schema.OPTIONAL_STRING_SCHEMA);
            String[] soft = {"delete.mode", "soft", "soft.delete.column", names[i] + " gone", "ledger.id", names[i]};
            log().insert(odd, 1, "a").insert(odd, 2, "b").update(odd, 1, "c").delete(odd, 2, null);
            try (TaskDriver task =
                    task(false, soft).open(List.of(new org.apache.kafka.common.TopicPartition(odd.topic(), 0)))) {
                task.drain();
            }
            assertThat(rows("keyed" + i, names[i], "v", names[i] + " gone"))
                    .as(names[i])
                    .containsExactly("1|c|false", "2|b|true");
        }
    }

    /** BigQuery tells tables apart by case, and columns not. */
    @Override
    @Test
    public void tablesThatDifferInCaseOnlyAreTwoOrRefused() {
        SourceTable upper = SourceTable.of("shop", "Orders").key("id", Schema.INT32_SCHEMA);
        log().insert(ORDERS, 1, "a", "b").insert(upper, 2);
        run();
        assertThat(rows("orders", "id")).containsExactly("1");
        assertThat(rows("Orders", "id")).containsExactly("2");
    }

    /** All integers are INT64 from the beginning; a number that grows is what has to be widened. */
    @Override
    @Test
    public void withoutWideningANarrowTypeIsRefused() {
        Schema two = SourceTable.tagged(Decimal.builder(2).optional(), "NUMERIC", 6, 2);
        Schema nine = SourceTable.tagged(Decimal.builder(2).optional(), "NUMERIC", 9, 2);
        SourceTable table = SourceTable.of("shop", "counted").key("id", Schema.INT32_SCHEMA);
        log().insert(table.column("n", two), 1, new BigDecimal("1234.56"));
        run();
        log().insert(table.column("n", nine), 2, new BigDecimal("1234567.89"));
        TaskDriver task = open("schema.evolution", "add");
        assertThatThrownBy(task::drain)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("shop.counted")
                .hasMessageContaining("\"n\"");
        task.kill();
        assertThat(rows("counted", "id", "n")).containsExactly("1|1234.56");
        run();
        assertThat(rows("counted", "id", "n")).containsExactly("1|1234.56", "2|1234567.89");
    }

    @Override
    public void obstruct(String table) {
        String name = target.standIn().table("shop", table);
        target.execute(
                "ALTER TABLE " + name + " ADD COLUMN obstacle BIGINT DEFAULT 1",
                "ALTER TABLE " + name + " ALTER COLUMN obstacle SET NOT NULL",
                "ALTER TABLE " + name + " ALTER COLUMN obstacle DROP DEFAULT");
    }

    @Override
    public void unobstruct(String table) {
        target.execute("ALTER TABLE " + target.standIn().table("shop", table) + " DROP COLUMN obstacle");
    }
}
