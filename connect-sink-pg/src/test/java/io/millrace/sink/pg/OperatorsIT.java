package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.Test;

/** What operators look at and ask for: validation against live tables, a dry run, freshness. */
class OperatorsIT {
    private static final SourceTable ORDERS = SourceTable.of("public", "orders")
            .key("id", Schema.INT32_SCHEMA)
            .column("v", Schema.OPTIONAL_STRING_SCHEMA);

    private final Target target = Target.fresh();
    private final TopicLog log = new TopicLog();

    /** Messages by key. */
    private Map<String, List<String>> errors(String... config) {
        Map<String, String> given = target.config(config);
        given.putIfAbsent("topics", ORDERS.topic());
        Map<String, List<String>> errors = new TreeMap<>();
        new PostgresSinkConnector()
                .validate(given).configValues().stream()
                        .filter(value -> !value.errorMessages().isEmpty())
                        .forEach(value -> errors.put(value.name(), value.errorMessages()));
        return errors;
    }

    @Test
    void validationComparesTheTablesThatAreThere() {
        assertThat(errors()).isEmpty();
        assertThat(errors("auto.create", "false")).containsOnlyKeys("auto.create");
        assertThat(errors("table.map", "public.orders:a.b.c")).containsOnlyKeys("table.map");
        target.execute("CREATE TABLE orders (id int, v text, gone text)");
        assertThat(errors()).containsOnlyKeys("insert.mode");
        assertThat(errors("insert.mode", "append")).isEmpty();
        assertThat(errors("insert.mode", "overwrite", "primary.key.mode", "none"))
                .containsOnlyKeys("insert.mode");
        assertThat(errors(
                        "insert.mode",
                        "overwrite",
                        "primary.key.mode",
                        "none",
                        "topics",
                        ORDERS.topic() + ", __millrace-manifest.mirror"))
                .isEmpty();
        assertThat(errors("primary.key.fields", "id")).containsOnlyKeys("primary.key.fields");
        target.execute("ALTER TABLE orders ADD PRIMARY KEY (id)");
        assertThat(errors()).isEmpty();
        assertThat(errors("primary.key.fields", "nr")).containsOnlyKeys("primary.key.fields");
        assertThat(errors("delete.mode", "soft", "soft.delete.column", "gone")).containsOnlyKeys("soft.delete.column");
        assertThat(errors("synced.at.column", "at", "schema.evolution", "none")).containsOnlyKeys("synced.at.column");
        assertThat(errors("synced.at.column", "at")).isEmpty();
    }

    @Test
    void theLedgersNameIsQuoted() {
        target.execute(
                "CREATE SCHEMA \"Own\"",
                "CREATE TABLE \"Own\".\"The ledger\" (id int)",
                "CREATE ROLE names_ledger LOGIN PASSWORD 'x'",
                "GRANT USAGE ON SCHEMA \"Own\" TO names_ledger",
                "GRANT CREATE ON SCHEMA public TO names_ledger",
                "GRANT SELECT, INSERT, UPDATE ON \"Own\".\"The ledger\" TO names_ledger");
        String[] config = {
            "ledger.table", "Own.The ledger", "connection.username", "names_ledger", "connection.password", "x"
        };
        assertThat(errors(config)).containsOnlyKeys("ledger.table");
        assertThat(errors(config).toString()).contains("DELETE");
        target.execute("GRANT DELETE ON \"Own\".\"The ledger\" TO names_ledger");
        assertThat(errors(config)).isEmpty();
    }

    @Test
    void validationNamesMissingPrivileges() {
        target.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, v text)",
                "CREATE ROLE validated LOGIN PASSWORD 'x'",
                "GRANT SELECT, INSERT ON orders TO validated",
                "GRANT CREATE ON SCHEMA public TO validated");
        String[] role = {"connection.username", "validated", "connection.password", "x"};
        assertThat(errors(role)).containsOnlyKeys("connection.username");
        assertThat(errors(role).toString()).contains("UPDATE, DELETE ON public.orders");
        target.execute(
                "REVOKE CREATE ON SCHEMA public FROM validated, PUBLIC",
                "DROP TABLE orders",
                "CREATE TABLE millrace_ledger (x int)",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON millrace_ledger TO validated");
        assertThat(errors(role)).containsOnlyKeys("auto.create");
    }

    /** Or a row that the policy hides would stay where the source has deleted it, without a word. */
    @Test
    void aPolicyThatHidesRowsIsRefused() {
        target.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, v text)",
                "INSERT INTO orders VALUES (1, 'hidden'), (2, 'seen')",
                "ALTER TABLE orders ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY some_rows ON orders USING (v <> 'hidden') WITH CHECK (true)",
                "CREATE ROLE restricted LOGIN PASSWORD 'x'",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO restricted",
                "GRANT CREATE ON SCHEMA public TO restricted");
        String[] role = {"connection.username", "restricted", "connection.password", "x"};
        assertThat(errors(role)).containsOnlyKeys("connection.username");
        assertThat(errors(role).toString()).contains("row-level security", "orders", "BYPASSRLS");
        log.delete(ORDERS, 1, (Object) null);
        TaskDriver task = target.task(log, role);
        assertThatThrownBy(task::drain).hasStackTraceContaining("row-level security");
        task.kill();
        target.execute("ALTER ROLE restricted BYPASSRLS");
        assertThat(errors(role)).isEmpty();
        target.task(log, role).drain().close();
        assertThat(target.rows("SELECT id FROM orders")).containsExactly("2");
    }

    @Test
    void validationFindsForeignKeysBetweenTheTables() {
        target.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, v text)",
                "CREATE TABLE items (id int PRIMARY KEY, o int REFERENCES orders)");
        String both = ORDERS.topic() + ",mirror.public.items";
        assertThat(errors()).isEmpty();
        assertThat(errors("topics", both)).containsOnlyKeys("session.replication.role");
        assertThat(errors("topics", both, "session.replication.role", "replica"))
                .isEmpty();
    }

    @Test
    void validationKnowsWhatTheWaysOfReplacingNeed() {
        target.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, v text)",
                "CREATE TABLE items (o int CONSTRAINT of_orders REFERENCES orders)",
                "CREATE ROLE copier LOGIN PASSWORD 'x'",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO copier",
                "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        assertThat(overwriting("truncate")).containsOnlyKeys("overwrite.strategy");
        assertThat(overwriting("truncate").toString()).contains("of_orders", "truncate.cascade");
        assertThat(overwriting("partition").toString()).contains("of_orders", "diff");
        assertThat(overwriting("diff")).isEmpty();
        target.execute("DROP TABLE items");
        assertThat(overwriting("truncate")).isEmpty();
        assertThat(overwriting("partition").toString()).contains("neither partitioned");
        assertThat(overwriting("diff", "connection.username", "copier", "connection.password", "x")
                        .getOrDefault("insert.mode", List.of())
                        .toString())
                .contains("GRANT CREATE ON SCHEMA");
    }

    private Map<String, List<String>> overwriting(String strategy, String... more) {
        String[] config = java.util.Arrays.copyOf(more, more.length + 6);
        System.arraycopy(
                new String[] {
                    "insert.mode",
                    "overwrite",
                    "overwrite.strategy",
                    strategy,
                    "topics",
                    ORDERS.topic() + ",__millrace-manifest.mirror"
                },
                0,
                config,
                more.length,
                6);
        return errors(config);
    }

    @Test
    void aHostThatIsNotKnownIsNamed() {
        assertThat(errors("connection.url", "jdbc:postgresql://no.such.host.invalid/x")
                        .toString())
                .contains("no.such.host.invalid");
    }

    @Test
    void aDryRunChangesNothing() {
        SourceTable there = SourceTable.of("public", "there")
                .key("id", Schema.INT32_SCHEMA)
                .column("v", Schema.OPTIONAL_STRING_SCHEMA);
        target.execute("CREATE TABLE there (id int PRIMARY KEY)");
        log.insert(ORDERS, 1, "a").delete(ORDERS, 1, (Object) null).insert(there, 1, "a");
        try (TaskDriver task = target.task(log, "dry.run", "true").drain()) {
            assertThat(task.commit()).isEmpty();
        }
        assertThat(target.rows("SELECT to_regclass('orders'), to_regclass('millrace_ledger')"))
                .containsExactly("null|null");
        assertThat(target.describe("there")).containsExactly("id|integer|t", "PRIMARY KEY (id)");
        assertThat(target.rows("SELECT count(*) FROM there")).containsExactly("0");
    }

    @Test
    void aDryRunRefusesWhatTheRealOneWould() {
        target.execute("CREATE TABLE orders (id int PRIMARY KEY, v date)");
        SourceTable texts = SourceTable.of("public", "orders")
                .key("id", Schema.INT32_SCHEMA)
                .column("v", SourceTable.tagged(SchemaBuilder.string(), "TEXT", -1, -1));
        log.insert(texts, 1, "a");
        TaskDriver task = target.task(log, "dry.run", "true");
        assertThatThrownBy(task::drain).hasMessageContaining("\"v\"").hasMessageContaining("date");
        task.kill();
    }

    @Test
    void theViewShowsHowFarATableIs() {
        log.insert(ORDERS, 1, "a")
                .writeTo(ORDERS.topic(), 1)
                .insert(ORDERS, 2, "a")
                .insert(ORDERS, 3, "a");
        target.task(log).drain().close();
        // The records' source commits lie a millisecond apart: those of partition 0 end first.
        assertThat(
                        target.rows(
                                "SELECT ledger_id, table_name, partitions, fresh_to = (SELECT min(committed_at) FROM"
                                        + " millrace_ledger), fresh_to < (SELECT max(committed_at) FROM millrace_ledger) FROM millrace_freshness"))
                .containsExactly("sink|public.orders|2|t|t");
        assertThat(target.rows("SELECT extract(epoch FROM fresh_to)::numeric(20,3) FROM millrace_freshness"))
                .containsExactly("1700000001.000");
    }

    @Test
    void aRenamedConnectorIsToldToNameItsOldLedger() {
        log.insert(ORDERS, 1, "a").insert(ORDERS, 2, "b");
        target.task(log).drain().close();
        target.execute("UPDATE orders SET v = 'kept'");
        // Its consumer group is a new one, unless the offsets were carried over.
        TaskDriver renamed = new TaskDriver(log, new PostgresSinkTask(), target.config("name", "other"), false)
                .groupAt(log.partitions().get(0), 2);
        log.insert(ORDERS, 3, "c");
        assertThatThrownBy(() -> renamed.open().drain()).hasMessageContaining("ledger.id");
        renamed.kill();
        target.task(log, "name", "other", "ledger.id", "sink").drain().close();
        assertThat(target.rows("SELECT id, v FROM orders ORDER BY id")).containsExactly("1|kept", "2|kept", "3|c");
    }
}
