package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Headers;
import io.millrace.core.Manifest;
import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Mirrors by xmin and of whole relations, late rows, several mirrors, and where a mirror begins. */
class QueryKindsIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static void await(TaskRun run, String topic, Object... ids) {
        run.await(List.of(ids) + " in " + topic, all -> new HashSet<>(QueryMirror.field(run.of(topic), "id"))
                .containsAll(List.of(ids)));
    }

    @Tag("extended")
    @Test
    void byXminInsertsAndUpdatesOfAnyTableCome() throws SQLException {
        postgres.execute(
                "CREATE TABLE any_table(id int PRIMARY KEY, v text)",
                "INSERT INTO any_table SELECT i, 'a' FROM generate_series(1, 1000) i",
                "VACUUM FREEZE any_table");
        Map<String, String> config =
                QueryMirror.config(postgres, "xm", "table", "public.any_table", "watermark.column", "xmin");
        MemoryOffsets offsets = new MemoryOffsets();
        try (TaskRun run = TaskRun.query(config, offsets);
                Connection slow = postgres.connect();
                Statement statement = slow.createStatement()) {
            run.take("xm.public.any_table", 1000);
            slow.setAutoCommit(false);
            statement.execute("SAVEPOINT s");
            statement.execute("UPDATE any_table SET v = 'b' WHERE id = 7");
            statement.execute("RELEASE SAVEPOINT s");
            postgres.execute("INSERT INTO any_table VALUES (1001, 'c')");
            await(run, "xm.public.any_table", 1001);
            slow.commit();
            run.await("the update", all -> run.of("xm.public.any_table").stream()
                    .anyMatch(row -> TaskRun.after(row).get("v").equals("b")));
            assertThat(run.of("xm.public.any_table")
                            .subList(1000, run.of("xm.public.any_table").size()))
                    .as("and nothing else, however often while the transaction was open")
                    .allMatch(row -> Set.of(7, 1001).contains(TaskRun.after(row).get("id")));
        }
        postgres.execute("UPDATE any_table SET v = 'd' WHERE id = 9", "VACUUM FREEZE any_table");
        try (TaskRun run = TaskRun.query(config, offsets)) {
            await(run, "xm.public.any_table", 9);
            assertThat(run.of("xm.public.any_table")).allMatch(row -> Set.of(7, 9, 1001)
                    .contains(TaskRun.after(row).get("id")));
        }
    }

    @Test
    void aWholeTableIsAGenerationAndNothingWhenItIsUnchanged() {
        postgres.execute(
                "CREATE TABLE whole(id int PRIMARY KEY, v text)",
                "INSERT INTO whole SELECT i, 'a' FROM generate_series(1, 500) i");
        Map<String, String> config = QueryMirror.config(postgres, "full", "table", "public.whole", "mode", "full");
        MemoryOffsets offsets = new MemoryOffsets();
        try (TaskRun run = TaskRun.query(config, offsets)) {
            Manifest first = generation(run, "full", 1);
            assertThat(rows(run, "full.public.whole", first)).hasSize(500);
            assertThat(first.topic()).isEqualTo("full.public.whole");
            assertThat(first.lastOffsets())
                    .containsExactly(Map.entry(new TopicPartition("full.public.whole", 0), 499L));
            postgres.execute("DELETE FROM whole WHERE id > 400");
            Manifest second = generation(run, "full", 2);
            assertThat(rows(run, "full.public.whole", second)).hasSize(400);
            assertThat(second.order()).isGreaterThan(first.order());
            postgres.execute(
                    "ALTER TABLE whole RENAME v TO w",
                    "ALTER TABLE whole ADD extra int",
                    "ALTER TABLE whole" + " ALTER id TYPE int8");
            run.await("the new columns", all -> run.of("full.public.whole").stream()
                    .anyMatch(row -> row.valueSchema().field("after").schema().field("extra") != null
                            && row.keySchema().field("id").schema().type() == Schema.Type.INT64));
            postgres.execute("TRUNCATE whole");
            run.await("an empty generation", all -> manifests(run, "full").stream()
                    .anyMatch(one ->
                            one.kind() == Manifest.Kind.END && one.lastOffsets().isEmpty()));
        }
        int before = manifests(offsetsOnly(config, offsets), "full").size();
        assertThat(before).as("nothing after a restart").isZero();
    }

    /** Runs some refreshes of a table that nobody changes. */
    private static TaskRun offsetsOnly(Map<String, String> config, MemoryOffsets offsets) {
        postgres.execute("CREATE TABLE IF NOT EXISTS clock(id bigserial PRIMARY KEY)");
        Map<String, String> two = QueryMirror.with(config, all -> {
            all.put("mirrors", "public.whole,clock");
            all.put("mirrors.clock.table", "public.clock");
            all.put("mirrors.clock.mode", "incremental");
            all.put("mirrors.clock.watermark.column", "id");
        });
        try (TaskRun run = TaskRun.query(two, offsets)) {
            for (int i = 1; i <= 3; i++) {
                postgres.execute("INSERT INTO clock DEFAULT VALUES");
                run.take("full.public.clock", i);
            }
            return run;
        }
    }

    private static List<Manifest> manifests(TaskRun run, String prefix) {
        return run.of(Manifest.topic(prefix)).stream()
                .map(record -> Manifest.of((Struct) record.value()))
                .toList();
    }

    private static Manifest generation(TaskRun run, String prefix, int number) {
        run.await("generation " + number, all -> ends(run, prefix).size() >= number);
        return ends(run, prefix).get(number - 1);
    }

    private static List<Manifest> ends(TaskRun run, String prefix) {
        return manifests(run, prefix).stream()
                .filter(one -> one.kind() == Manifest.Kind.END)
                .toList();
    }

    private static List<SourceRecord> rows(TaskRun run, String topic, Manifest of) {
        return run.of(topic).stream()
                .filter(row -> of.generation()
                        .equals(row.headers().lastWithName(Headers.GENERATION).value()))
                .toList();
    }

    @Test
    void viewsMaterialisedViewsAndQueriesAreWholeToo() {
        postgres.execute(
                "CREATE TABLE base(id int PRIMARY KEY, v text)",
                "INSERT INTO base VALUES (1, 'a'), (2, 'b')",
                "CREATE VIEW seen AS SELECT id, upper(v) AS v FROM base",
                "CREATE MATERIALIZED VIEW kept AS SELECT * FROM base");
        Map<String, String> config = QueryMirror.config(
                postgres,
                "views",
                "mirrors",
                "seen,kept,asked",
                "mode",
                "full",
                "change.detection",
                "hash",
                "mirrors.seen.table",
                "public.seen",
                "mirrors.kept.table",
                "public.kept",
                "mirrors.kept.change.detection",
                "statistics",
                "mirrors.asked.table",
                "public.asked",
                "mirrors.asked.query",
                "SELECT count(*) AS n FROM base");
        try (TaskRun run = TaskRun.query(config, new MemoryOffsets())) {
            run.take("views.public.seen", 2);
            run.take("views.public.kept", 2);
            assertThat(QueryMirror.field(run.take("views.public.asked", 1), "n"))
                    .containsExactly(2L);
            postgres.execute("INSERT INTO base VALUES (3, 'c')");
            run.take("views.public.seen", 5);
            run.take("views.public.asked", 2);
            assertThat(run.of("views.public.kept")).hasSize(2);
            postgres.execute("REFRESH MATERIALIZED VIEW kept");
            run.take("views.public.kept", 5);
            assertThat(QueryMirror.field(run.of("views.public.seen"), "v")).contains("A", "C");
        }
    }

    @Test
    void rowsWithAWatermarkOfThePastAreFoundByXmin() throws SQLException {
        postgres.execute(
                "CREATE SEQUENCE cached CACHE 20",
                "CREATE TABLE late(id int8 PRIMARY KEY DEFAULT nextval('cached'), v text)",
                "INSERT INTO late(v) VALUES ('first')");
        Map<String, String> config = QueryMirror.config(
                postgres,
                "late",
                "table",
                "public.late",
                "watermark.column",
                "id",
                "watermark.late.rows.interval.ms",
                "500");
        try (TaskRun run = TaskRun.query(config, new MemoryOffsets());
                Connection one = postgres.connect();
                Statement holding = one.createStatement()) {
            run.take("late.public.late", 1);
            holding.execute("INSERT INTO late(v) VALUES ('of the first cache')");
            postgres.execute("INSERT INTO late(v) VALUES ('of another')");
            run.take("late.public.late", 3);
            holding.execute("INSERT INTO late(v) VALUES ('below the mark')");
            run.await("the late row", all -> QueryMirror.field(run.of("late.public.late"), "v")
                    .contains("below the mark"));
        }
    }

    @Test
    void aMirrorBeginsWhereItIsTold() throws SQLException {
        postgres.createDatabase("target");
        postgres.executeIn("target", "CREATE TABLE public.begun(id int8)", "INSERT INTO begun VALUES (80)");
        postgres.execute(
                "CREATE TABLE begun(id bigserial PRIMARY KEY)",
                "INSERT INTO begun SELECT FROM generate_series(1, 100)");
        Map<String, String> config = QueryMirror.config(
                postgres, "value", "table", "public.begun", "watermark.column", "id", "watermark.start", "96");
        Map<String, String> target = QueryMirror.with(config, all -> {
            all.put("topic.prefix", "target");
            all.put("watermark.start", "target");
            all.put("target.connection.url", postgres.jdbcUrl("target"));
            all.put("target.connection.username", postgres.user());
            all.put("target.connection.password", postgres.password());
            all.put("max.rows.per.refresh", "3");
        });
        assertThat(QueryMirror.errors(target)).isEmpty();
        Map<String, String> now = QueryMirror.with(config, all -> {
            all.put("topic.prefix", "now");
            all.put("watermark.start", "now");
        });
        try (TaskRun byValue = TaskRun.query(config, new MemoryOffsets());
                TaskRun byTarget = TaskRun.query(target, new MemoryOffsets());
                TaskRun fromNow = TaskRun.query(now, new MemoryOffsets())) {
            assertThat(QueryMirror.field(byValue.take("value.public.begun", 5), "id"))
                    .containsExactly(96L, 97L, 98L, 99L, 100L);
            assertThat(QueryMirror.field(byTarget.take("target.public.begun", 21), "id"))
                    .first()
                    .as("what the target has of its highest value may not be all")
                    .isEqualTo(80L);
            fromNow.await("its beginning", all -> fromNow.offsets().offset(partition("now", "public.begun")) != null);
            postgres.execute("INSERT INTO begun DEFAULT VALUES");
            assertThat(QueryMirror.field(fromNow.take("now.public.begun", 1), "id"))
                    .containsExactly(101L);
        }
    }

    static Map<String, String> partition(String server, String mirror) {
        Map<String, String> partition = new LinkedHashMap<>();
        partition.put("server", server);
        partition.put("mirror", mirror);
        return partition;
    }

    @Test
    void uuidsAndLocalTimesAreWatermarks() {
        postgres.execute(
                "CREATE FUNCTION v7(ms int8) RETURNS uuid LANGUAGE sql AS $$ SELECT (lpad(to_hex(ms), 12, '0') ||"
                        + " '70008000000000000000' )::uuid $$",
                "CREATE TABLE tagged(id uuid PRIMARY KEY, at timestamp NOT NULL)",
                "INSERT INTO tagged SELECT v7((extract(epoch FROM now()) * 1000)::int8 - 5000 + i), now() AT TIME ZONE"
                        + " 'Asia/Tokyo' FROM generate_series(1, 10) i");
        Map<String, String> byId =
                QueryMirror.config(postgres, "uuid", "table", "public.tagged", "watermark.column", "id");
        Map<String, String> byTime = QueryMirror.with(byId, all -> {
            all.put("topic.prefix", "local");
            all.put("watermark.column", "at");
            all.put("watermark.timezone", "Asia/Tokyo");
        });
        try (TaskRun ids = TaskRun.query(byId, new MemoryOffsets());
                TaskRun times = TaskRun.query(byTime, new MemoryOffsets())) {
            ids.take("uuid.public.tagged", 10);
            times.take("local.public.tagged", 10);
            postgres.execute("INSERT INTO tagged VALUES (v7((extract(epoch FROM now()) * 1000)::int8), now() AT TIME"
                    + " ZONE 'Asia/Tokyo')");
            ids.take("uuid.public.tagged", 11);
            times.take("local.public.tagged", 11);
        }
    }
}
