package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Await;
import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What leaves the source database: the publication as each mode makes it, conditions, column lists, partitions. */
class PublicationIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        // Conditions and column lists came with 15; 18 is always there.
        postgres = PostgresServer.start(PostgresOptions.atLeast(15));
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Map<String, String> config(String name) {
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put("tombstones.on.delete", "false");
        return config;
    }

    private static String tables(String publication) {
        return postgres.queryOne("SELECT coalesce(string_agg(tablename, ',' ORDER BY tablename), '')"
                + " FROM pg_publication_tables WHERE pubname = '" + publication + "' AND schemaname = '" + publication
                + "'");
    }

    private static List<String> values(List<SourceRecord> records) {
        return records.stream()
                .map(record -> TaskRun.op(record) + " " + text((Struct) record.value()))
                .toList();
    }

    private static String text(Struct envelope) {
        Struct row = envelope.getStruct("after") == null ? envelope.getStruct("before") : envelope.getStruct("after");
        StringBuilder text = new StringBuilder();
        for (Field field : Objects.requireNonNull(row).schema().fields()) {
            text.append(text.isEmpty() ? "" : ",")
                    .append(field.name())
                    .append('=')
                    .append(row.get(field));
        }
        return text.toString();
    }

    @Test
    void eachModeMakesItsPublication() {
        postgres.execute(
                "CREATE SCHEMA modes",
                "CREATE TABLE modes.t(id int4 PRIMARY KEY)",
                "CREATE TABLE modes.other(id int4)");
        for (String mode : List.of("filtered", "all_tables", "no_tables", "disabled")) {
            Map<String, String> config = config("modes");
            config.put("topic.prefix", mode);
            config.put("slot.name", mode);
            config.put("table.include.list", "modes.t");
            config.put("publication.autocreate.mode", mode);
            if (mode.equals("disabled")) {
                postgres.execute("CREATE PUBLICATION modes FOR TABLE modes.t WITH (publish = 'insert')");
            }
            postgres.execute("TRUNCATE modes.t");
            try (TaskRun run = TaskRun.start(config)) {
                run.take("__millrace-control." + mode, 3);
                assertThat(tables("modes"))
                        .isEqualTo(
                                switch (mode) {
                                    case "all_tables" -> "other,t";
                                    case "no_tables" -> "";
                                    default -> "t";
                                });
                if (mode.equals("no_tables")) {
                    // Whose tables are whoever adds them says.
                    postgres.execute("ALTER PUBLICATION modes ADD TABLE modes.t");
                }
                postgres.execute("INSERT INTO modes.t VALUES (1)");
                assertThat(values(run.take(mode + ".modes.t", 1))).containsExactly("c id=1");
            }
            postgres.execute("DROP PUBLICATION modes");
        }
    }

    @Test
    void rowFiltersHoldInTheCopyAndInTheStream() {
        postgres.execute(
                "CREATE SCHEMA rows",
                "CREATE TABLE rows.t(id int4, region text, v int4, PRIMARY KEY (id, region))",
                "INSERT INTO rows.t VALUES (1, 'eu', 1), (2, 'us', 1), (3, 'eu', 1)");
        Map<String, String> config = config("rows");
        config.put("row.filter", "rows.t");
        config.put("row.filter.rows.t", "region = 'eu'");
        MemoryOffsets offsets = new MemoryOffsets();
        try (TaskRun run = TaskRun.start(config, offsets)) {
            assertThat(values(run.take("rows.rows.t", 2)))
                    .containsExactlyInAnyOrder("r id=1,region=eu,v=1", "r id=3,region=eu,v=1");
            run.take("__millrace-control.rows", 3);
            postgres.execute(
                    "INSERT INTO rows.t VALUES (4, 'us', 1), (5, 'eu', 1)",
                    "UPDATE rows.t SET v = 2 WHERE id < 3",
                    // Out of the filter is a delete, into it an insert.
                    "UPDATE rows.t SET region = 'us' WHERE id = 3",
                    "UPDATE rows.t SET region = 'eu' WHERE id = 2");
            assertThat(values(run.take("rows.rows.t", 6)).subList(2, 6))
                    .containsExactly(
                            "c id=5,region=eu,v=1",
                            "u id=1,region=eu,v=2",
                            "d id=3,region=eu,v=null",
                            "c id=2,region=eu,v=2");
        }
        config.put("row.filter.rows.t", "region = 'us'");
        try (TaskRun run = TaskRun.start(config, offsets)) {
            run.take("__debezium-heartbeat.rows", 1);
            postgres.execute("INSERT INTO rows.t VALUES (6, 'eu', 1), (7, 'us', 1)");
            assertThat(values(run.take("rows.rows.t", 1))).containsExactly("c id=7,region=us,v=1");
        }
    }

    @Test
    void theConditionsOfAPublicationOfOthersAreFollowedInTheCopy() {
        postgres.execute(
                "CREATE SCHEMA theirs",
                "CREATE TABLE theirs.t(id int4 PRIMARY KEY, secret text)",
                "INSERT INTO theirs.t VALUES (1, 'x'), (20, 'y')",
                "CREATE PUBLICATION theirs FOR TABLE theirs.t (id) WHERE (id > 10)");
        Map<String, String> config = config("theirs");
        config.put("publication.autocreate.mode", "disabled");
        try (TaskRun run = TaskRun.start(config)) {
            run.take("__millrace-control.theirs", 3);
            postgres.execute("INSERT INTO theirs.t VALUES (2, 'x'), (21, 'z')");
            assertThat(values(run.take("theirs.theirs.t", 2))).containsExactly("r id=20", "c id=21");
        }
    }

    @Test
    void columnListsLeaveColumnsInTheDatabaseAndGrowWithTheTable() {
        postgres.execute(
                "CREATE SCHEMA lists",
                "CREATE TABLE lists.t(id int4 PRIMARY KEY, secret text, v int4)",
                "INSERT INTO lists.t VALUES (1, 'x', 1)");
        Map<String, String> config = config("lists");
        config.put("publication.column.lists", "true");
        config.put("column.exclude.list", "lists\\.t\\.secret");
        try (TaskRun run = TaskRun.start(config)) {
            run.take("__millrace-control.lists", 3);
            assertThat(postgres.queryOne("SELECT attnames::text FROM pg_publication_tables WHERE pubname = 'lists'"))
                    .isEqualTo("{id,v}");
            postgres.execute("ALTER TABLE lists.t ADD COLUMN w int4", "INSERT INTO lists.t VALUES (2, 'x', 2, 2)");
            run.take("lists.lists.t", 2);
            Await.until("the list has grown", () -> postgres.queryOne(
                            "SELECT attnames::text FROM pg_publication_tables WHERE pubname = 'lists'")
                    .equals("{id,v,w}"));
            postgres.execute("INSERT INTO lists.t VALUES (3, 'x', 3, 3)");
            assertThat(values(run.take("lists.lists.t", 3)))
                    .containsExactly("r id=1,v=1", "c id=2,v=2", "c id=3,v=3,w=3");
        }
    }

    @Test
    void generatedColumnsAreCarriedOnRequestInTheCopyAndInTheStream() {
        postgres.execute(
                "CREATE SCHEMA gen",
                "CREATE TABLE gen.t(id int4 PRIMARY KEY, twice int4 GENERATED ALWAYS AS (id * 2) STORED)",
                "INSERT INTO gen.t VALUES (1)");
        boolean can = postgres.version() >= 18;
        Map<String, String> config = config("gen");
        config.put("publish.generated.columns", can ? "stored" : "none");
        try (TaskRun run = TaskRun.start(config)) {
            run.take("__millrace-control.gen", 3);
            postgres.execute("INSERT INTO gen.t VALUES (2)");
            assertThat(values(run.take("gen.gen.t", 2)))
                    .isEqualTo(can ? List.of("r id=1,twice=2", "c id=2,twice=4") : List.of("r id=1", "c id=2"));
        }
    }

    @Test
    void aPartitionThatIsAttachedLaterIsStreamed() {
        for (boolean root : List.of(false, true)) {
            String name = root ? "roots" : "leaves";
            postgres.execute(
                    "CREATE SCHEMA " + name,
                    "CREATE TABLE " + name + ".t(id int4 PRIMARY KEY) PARTITION BY RANGE (id)",
                    "CREATE TABLE " + name + ".t1 PARTITION OF " + name + ".t FOR VALUES FROM (0) TO (10)",
                    "INSERT INTO " + name + ".t VALUES (1)");
            Map<String, String> config = config(name);
            config.put("publish.via.partition.root", Boolean.toString(root));
            try (TaskRun run = TaskRun.start(config)) {
                run.take("__millrace-control." + name, 3);
                postgres.execute(
                        "CREATE TABLE " + name + ".t2(id int4 PRIMARY KEY)",
                        "ALTER TABLE " + name + ".t ATTACH PARTITION " + name + ".t2 FOR VALUES FROM (10) TO (20)",
                        "INSERT INTO " + name + ".t VALUES (2), (12)",
                        "UPDATE " + name + ".t SET id = 13 WHERE id = 2");
                if (root) {
                    assertThat(values(run.take("roots.roots.t", 5)))
                            .containsExactly("r id=1", "c id=2", "c id=12", "d id=2", "c id=13");
                } else {
                    assertThat(values(run.take("leaves.leaves.t2", 2))).containsExactly("c id=12", "c id=13");
                    assertThat(values(run.take("leaves.leaves.t1", 3))).containsExactly("r id=1", "c id=2", "d id=2");
                }
            }
        }
    }

    @Test
    void keysOfOnesOwn() {
        postgres.execute(
                "CREATE SCHEMA keys",
                "CREATE TABLE keys.orders(id int4 PRIMARY KEY, customer int4 NOT NULL, big text)",
                "ALTER TABLE keys.orders REPLICA IDENTITY FULL",
                "ALTER TABLE keys.orders ALTER big SET STORAGE EXTERNAL",
                "CREATE TABLE keys.log(at int4, customer int4)",
                "INSERT INTO keys.orders VALUES (1, 7, repeat('x', 9000)), (2, 7, 'y')");
        Map<String, String> config = config("keys");
        config.put("message.key.columns", "keys.orders:customer ; .*log:CUSTOMER,at");
        try (TaskRun run = TaskRun.start(config)) {
            run.take("__millrace-control.keys", 3);
            postgres.execute(
                    "INSERT INTO keys.log VALUES (1, NULL)",
                    "UPDATE keys.orders SET id = 3 WHERE id = 1",
                    "UPDATE keys.orders SET customer = 8 WHERE id = 3",
                    "DELETE FROM keys.orders WHERE id = 2");
            List<SourceRecord> orders = run.take("keys.keys.orders", 6);
            assertThat(orders)
                    .extracting(record -> TaskRun.op(record) + " " + record.key())
                    .containsExactly(
                            "r Struct{customer=7}",
                            "r Struct{customer=7}",
                            "u Struct{customer=7}",
                            "d Struct{customer=7}",
                            "c Struct{customer=8}",
                            "d Struct{customer=7}");
            assertThat(TaskRun.after(orders.get(4)).getString("big")).hasSize(9000);
            assertThat(run.take("keys.keys.log", 1).get(0).key()).hasToString("Struct{at=1}");
        }
    }
}
