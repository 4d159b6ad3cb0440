package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

/** Tables that exist: what fits, what is changed, what is refused before anything is. */
class TableEvolutionIT {
    private final Target target = Target.fresh();
    private final TopicLog log = new TopicLog();

    private static Schema tagged(SchemaBuilder builder, String type, int length, int scale) {
        return SourceTable.tagged(builder, type, length, scale);
    }

    private static SourceTable table() {
        return SourceTable.of("public", "t").key("id", tagged(SchemaBuilder.int32(), "INT4", 10, 0));
    }

    private void run(String... config) {
        try (TaskDriver task = target.task(log, config)) {
            task.drain();
        }
    }

    private void refused(String... words) {
        TaskDriver task = target.task(log);
        var failure = assertThatThrownBy(task::drain)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("public.t");
        for (String word : words) {
            failure.hasMessageContaining(word);
        }
        task.kill();
    }

    @Test
    void widensWhereEveryValueStaysAsItIs() {
        target.execute("CREATE TABLE t (id int PRIMARY KEY, i int, s varchar(5), n numeric(5,2), r int NOT NULL)");
        target.execute("INSERT INTO t VALUES (1, 1, 'a', 1.00, 1)");
        SourceTable table = table().column("i", tagged(SchemaBuilder.int64().optional(), "INT8", 19, 0))
                .column("s", tagged(SchemaBuilder.string().optional(), "VARCHAR", 50, -1))
                .column("n", tagged(Decimal.builder(4).optional(), "NUMERIC", 12, 4))
                .column("r", tagged(SchemaBuilder.int32().optional(), "INT4", 10, 0));
        log.insert(table, 2, 1L << 40, "longer than five", new java.math.BigDecimal("1.2345"), null);
        run();
        assertThat(target.describe("t"))
                .containsExactly(
                        "id|integer|t",
                        "i|bigint|f",
                        "s|character varying(50)|f",
                        "n|numeric(12,4)|f",
                        "r|integer|f",
                        "PRIMARY KEY (id)");
        assertThat(target.rows("SELECT * FROM t ORDER BY id"))
                .containsExactly("1|1|a|1.0000|1", "2|1099511627776|longer than five|1.2345|null");
    }

    private static SourceTable withText() {
        return table().column("s", tagged(SchemaBuilder.string().optional(), "TEXT", Integer.MAX_VALUE, -1));
    }

    @Test
    void textOfAnyLengthGetsAColumnOfAnyLength() {
        target.execute("CREATE TABLE t (id int PRIMARY KEY, s varchar(5))");
        log.insert(withText(), 1, "abc     ");
        run();
        assertThat(target.rows("SELECT id, s || '|' FROM t")).containsExactly("1|abc     |");
        assertThat(target.describe("t")).contains("s|text|f");
    }

    @Test
    void blanksAreNotCutWhereTheColumnStaysShort() {
        target.execute("CREATE TABLE t (id int PRIMARY KEY, s varchar(5))", "CREATE VIEW v AS SELECT s FROM t");
        log.insert(withText(), 1, "abc  ").insert(withText(), 2, "abc   ").insert(withText(), 3, "abc");
        try (TaskDriver task = target.taskWithDeadLetters(log).drain()) {
            assertThat(task.deadLetters()).hasSize(1);
        }
        assertThat(target.rows("SELECT id, s || '|' FROM t ORDER BY id")).containsExactly("1|abc  |", "3|abc|");
    }

    @Test
    void refusesTextThatAColumnOfTypeNameWouldCut() {
        target.execute("CREATE TABLE t (id int PRIMARY KEY, s name)");
        log.insert(withText(), 1, "x");
        refused("\"s\"", "63 bytes");
    }

    @Test
    void refusesATypeThatCannotHoldTheSources() {
        target.execute("CREATE TABLE t (id int PRIMARY KEY, v date)");
        log.insert(table().column("v", tagged(SchemaBuilder.string().optional(), "TEXT", -1, -1)), 1, "x");
        refused("\"v\"", "date", "text");
        assertThat(target.describe("t")).contains("v|date|f");
    }

    @Test
    void refusesWhatWouldBeRoundedOrShifted() {
        target.execute("CREATE TABLE t (id int PRIMARY KEY, n numeric(10,2), at timestamptz, f real, ts timestamp(3))");
        SourceTable table = table().column("n", tagged(Decimal.builder(4).optional(), "NUMERIC", 10, 4))
                .column(
                        "at",
                        tagged(
                                SchemaBuilder.int64()
                                        .name("io.debezium.time.MicroTimestamp")
                                        .optional(),
                                "TIMESTAMP",
                                29,
                                6))
                .column("f", tagged(SchemaBuilder.float64().optional(), "FLOAT8", 17, 17))
                .column(
                        "ts",
                        tagged(
                                SchemaBuilder.int64()
                                        .name("io.debezium.time.MicroTimestamp")
                                        .optional(),
                                "TIMESTAMP",
                                29,
                                6));
        log.insert(table, 1, null, null, null, null);
        TaskDriver task = target.task(log, "schema.evolution", "add");
        assertThatThrownBy(task::drain)
                .hasMessageContaining("\"n\"")
                .hasMessageContaining("\"at\"")
                .hasMessageContaining("\"f\"")
                .hasMessageContaining("\"ts\"");
        task.kill();
    }

    @Test
    void refusesATableWithoutAUniqueKey() {
        target.execute("CREATE TABLE t (id int)");
        log.insert(table(), 1);
        refused("unique", "id");
    }

    @Test
    void refusesANameThatPostgresWouldCut() {
        log.insert(table().column("c".repeat(64), Schema.OPTIONAL_STRING_SCHEMA), 1, "x");
        refused("64 bytes", "63");
        assertThat(target.rows("SELECT to_regclass('t')")).containsExactly("null");
    }

    @Test
    void copiesAConstantDefaultToRowsThatAreThere() {
        log.insert(table(), 1);
        run();
        log.insert(
                table().column(
                                "state",
                                SchemaBuilder.string().defaultValue("it's new").build()),
                2,
                "old");
        run();
        assertThat(target.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|it's new", "2|old");
    }

    @Test
    void aNullStaysNullWhereTheColumnHasADefault() {
        SourceTable table = table().column(
                        "n", SchemaBuilder.int32().optional().defaultValue(7).build());
        log.insert(table, 1, (Object) null).insert(table, 2, 3);
        run();
        assertThat(target.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|null", "2|3");
    }

    @Test
    void leavesGeneratedAndIdentityColumnsToTheirRules() {
        target.execute(
                "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v int, twice int GENERATED ALWAYS AS (v * 2) STORED)");
        SourceTable table =
                table().column("v", Schema.OPTIONAL_INT32_SCHEMA).column("twice", Schema.OPTIONAL_INT32_SCHEMA);
        log.insert(table, 7, 1, 99).update(table, 7, 5, 99);
        run("max.batch.size", "1");
        assertThat(target.rows("SELECT * FROM t")).containsExactly("7|5|10");
    }

    @Test
    void goesOnWhenSomeoneAltersTheTableInBetween() {
        SourceTable table = table().column("v", Schema.OPTIONAL_STRING_SCHEMA);
        log.insert(table, 1, "a");
        try (TaskDriver task = target.task(log).drain()) {
            target.execute("ALTER TABLE t DROP COLUMN v");
            log.insert(table, 2, "b");
            task.drain();
        }
        assertThat(target.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|null", "2|b");
    }

    @Test
    void aColumnThatIsGoneFromAnyTableIsNotPassedOver() {
        SourceTable one = table().column("v", Schema.OPTIONAL_STRING_SCHEMA);
        SourceTable two = SourceTable.of("public", "t2")
                .key("id", Schema.INT32_SCHEMA)
                .column("v", Schema.OPTIONAL_STRING_SCHEMA);
        log.insert(one, 1, "a").insert(two, 1, "a");
        try (TaskDriver task = target.task(log).drain()) {
            target.execute("ALTER TABLE t DROP COLUMN v", "ALTER TABLE t2 DROP COLUMN v");
            log.insert(one, 2, "b").insert(two, 2, "b");
            task.drain();
        }
        assertThat(target.rows("SELECT * FROM t UNION ALL SELECT * FROM t2 ORDER BY id"))
                .containsExactly("1|null", "1|null", "2|b", "2|b");
    }

    @Test
    void twoTasksMayCreateAndAlterAtOnce() throws Exception {
        for (int i = 0; i < 8; i++) {
            log.writeTo(table().topic(), i)
                    .insert(table(), i)
                    .insert(table().column("v" + i, Schema.OPTIONAL_STRING_SCHEMA), 100 + i, "x");
        }
        var threads = new java.util.ArrayList<Thread>();
        var failures = java.util.Collections.synchronizedList(new java.util.ArrayList<Throwable>());
        for (var partition : log.partitions()) {
            var config =
                    target.config("millrace.task.number", String.valueOf(threads.size()), "millrace.task.count", "8");
            threads.add(new Thread(() -> {
                try (TaskDriver task = new TaskDriver(log, new PostgresSinkTask(), config, false)) {
                    task.open(java.util.List.of(partition)).drain();
                } catch (RuntimeException | Error e) {
                    failures.add(e);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        assertThat(target.rows("SELECT count(*) FROM t")).containsExactly("16");
    }
}
