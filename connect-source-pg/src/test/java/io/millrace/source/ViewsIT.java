package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.window.CopyState;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What cannot be streamed is copied once where it is named, by a key or whole, and nowhere silently left out. */
class ViewsIT {
    private static final int ROWS = 5_000;
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    /** Table t, views v and w, materialised view m, foreign table f of them; n is a view that nobody names. */
    private static Map<String, String> mirror(String name) {
        postgres.execute(
                "CREATE SCHEMA " + name,
                "CREATE TABLE " + name + ".t(id int8 PRIMARY KEY, v int4 NOT NULL, pad text) PARTITION BY RANGE (id)",
                "CREATE TABLE " + name + ".t0 PARTITION OF " + name + ".t FOR VALUES FROM (0) TO (1000000)",
                "INSERT INTO " + name + ".t SELECT i, 0, repeat('x', 200) FROM generate_series(1, " + ROWS + ") i",
                "CREATE VIEW " + name + ".v AS SELECT id, v * 2 AS twice FROM " + name + ".t WHERE id % 2 = 0",
                "CREATE VIEW " + name + ".\"W.1\" AS SELECT max(twice) AS most, count(*) AS n FROM " + name + ".v",
                "CREATE VIEW " + name + ".n AS SELECT 1 AS one",
                "CREATE MATERIALIZED VIEW " + name + ".m AS SELECT id, pad FROM " + name + ".t",
                "CREATE UNIQUE INDEX ON " + name + ".m(id)",
                "CREATE EXTENSION IF NOT EXISTS postgres_fdw",
                "CREATE SERVER " + name + " FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '" + postgres.host()
                        + "', port '" + postgres.port() + "', dbname '" + postgres.database() + "')",
                "CREATE USER MAPPING FOR CURRENT_USER SERVER " + name + " OPTIONS (user '" + postgres.user()
                        + "', password '" + postgres.password() + "')",
                "CREATE FOREIGN TABLE " + name + ".f(id int8, v int4) SERVER " + name + " OPTIONS (schema_name '" + name
                        + "', table_name 't')",
                "ANALYZE");
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put(
                "table.include.list",
                String.join(
                        ",",
                        name + "\\.t.*",
                        name + ".v",
                        name + "\\.w\\.1",
                        name.toUpperCase(java.util.Locale.ROOT) + "\\.m",
                        name + "\\.f"));
        config.put("message.key.columns", name + "\\.[vf]:id");
        config.put("snapshot.rows.per.partition", "1000");
        return config;
    }

    private static List<Long> ids(List<SourceRecord> records) {
        return records.stream()
                .map(record -> TaskRun.after(record).getInt64("id"))
                .sorted()
                .toList();
    }

    private static List<Long> every(int step) {
        return IntStream.rangeClosed(1, ROWS / step)
                .mapToObj(i -> (long) step * i)
                .toList();
    }

    @Test
    void areCopiedOnceWholeOrByAKey() throws Exception {
        Map<String, String> config = mirror("views");
        config.put("snapshot.partition.key", "views\\.[vf]:id");
        config.put("tasks.max", "1");
        MirrorRun run = MirrorRun.first(config);
        try {
            Await.until("the stream has begun", () -> run.stored(CopyState.partition("views")) != null);
            postgres.execute("UPDATE views.t SET v = 1 WHERE id = 2", "REFRESH MATERIALIZED VIEW views.m");
            Await.until(
                    "the update has come",
                    () -> !run.records("views.views.t0").isEmpty()
                            && run.records("views.views.t0").size() == ROWS + 1);
            assertThat(ids(run.records("views.views.v"))).isEqualTo(every(2));
            assertThat(ids(run.records("views.views.m"))).isEqualTo(every(1));
            assertThat(ids(run.records("views.views.f"))).isEqualTo(every(1));
            assertThat(run.records("views.views.W.1")).hasSize(1);
            assertThat(TaskRun.after(run.records("views.views.W.1").get(0)).getInt64("n"))
                    .isEqualTo(ROWS / 2);
            assertThat(run.records("views.views.n")).isEmpty();
            assertThat(run.records("views.views.v").get(0).key())
                    .hasToString("Struct{id="
                            + TaskRun.after(run.records("views.views.v").get(0)).getInt64("id") + "}");
            assertThat(run.records("views.views.m").get(0).key()).isNotNull();
            // By ranges: a chunk's rows end with a record of progress.
            long chunks = run.records().stream()
                    .filter(record -> record.topic().startsWith("__millrace-control")
                            && String.valueOf(record.value()).contains("table=views.v,"))
                    .count();
            assertThat(chunks).isGreaterThan(1);
            int records = run.records().size();
            run.stop();
            try (MirrorRun next = run.next(config)) {
                postgres.execute("INSERT INTO views.t VALUES (100000, 0, '')");
                Await.until(
                        "the row has come", () -> next.records("views.views.t0").size() == ROWS + 2);
                assertThat(next.records().subList(records, next.records().size()).stream()
                                .map(SourceRecord::topic))
                        .doesNotContain("views.views.v", "views.views.m", "views.views.f", "views.views.W.1");
            }
        } finally {
            run.close();
        }
    }

    @Test
    void areReadFromTheStartAgainAfterAnInterruption() {
        Map<String, String> config = mirror("again");
        config.put("table.include.list", "again.v,again.f");
        config.put("snapshot.mode", "initial_only");
        config.put("max.batch.size", "50");
        config.put("max.queue.size.in.bytes", "70000");
        var store = new HandDrivenTask.Store();
        for (int life = 0; life < 3; life++) {
            try (var task = new HandDrivenTask(store, config, 0, 1)) {
                int before = store.log().size();
                Await.until("some is copied", () -> {
                    task.acknowledge(task.poll());
                    return store.log().size() > before + 300;
                });
            }
        }
        try (var task = new HandDrivenTask(store, config, 0, 1)) {
            Await.until("all is copied", () -> {
                task.pass();
                return store.partitions().size() == 1 && !store.log().isEmpty();
            });
        }
        for (String view : List.of("v", "f")) {
            assertThat(store.log().stream()
                            .filter(record -> record.topic().equals("again.again." + view))
                            .map(record -> TaskRun.after(record).getInt64("id"))
                            .distinct())
                    .hasSize(view.equals("v") ? ROWS / 2 : ROWS);
        }
    }

    /** An old snapshot shows nothing of a table that was emptied since, and so does the view. */
    @Test
    void aViewOfATableThatWasEmptiedComesFromANewSnapshot() {
        Map<String, String> config = mirror("beneath");
        postgres.execute("CREATE VIEW beneath.z AS SELECT id, twice FROM beneath.v");
        config.put("table.include.list", "beneath.m,beneath.z");
        config.put("max.batch.size", "50");
        config.put("max.queue.size.in.bytes", "70000");
        var store = new HandDrivenTask.Store();
        try (var task = new HandDrivenTask(store, config, 0, 1)) {
            Await.until("the first is being copied", () -> {
                task.acknowledge(task.poll());
                return !store.log().isEmpty()
                        && store.log().stream()
                                .anyMatch(record -> record.topic().equals("beneath.beneath.m"));
            });
            postgres.execute("TRUNCATE beneath.t", "INSERT INTO beneath.t VALUES (2, 7, ''), (4, 8, '')");
            Await.until("all is copied", () -> {
                task.pass();
                return store.partitions().contains(CopyState.partition("beneath"));
            });
        }
        assertThat(store.log().stream()
                        .filter(record -> record.topic().equals("beneath.beneath.z"))
                        .map(record -> TaskRun.after(record).toString()))
                .containsExactlyInAnyOrder("Struct{id=2,twice=14}", "Struct{id=4,twice=16}");
    }

    @Test
    void whatCannotBeDoneIsRefused() {
        Map<String, String> config = new HashMap<>(mirror("refused"));
        assertThat(CdcMirror.errors(postgres, "refused", change -> change.putAll(config)))
                .isEmpty();
        config.put("exactly.once.support", "required");
        assertThat(errors(config))
                .contains("refused.v is a view", "refused.f is a foreign table", "exactly.once.support=requested")
                .doesNotContain("refused.m is");
        try (TaskRun run = TaskRun.start(config)) {
            assertThat(run.failure()).contains("is a view", "query connector");
        }
        config.remove("exactly.once.support");
        config.put("snapshot.mode", "no_data");
        assertThat(errors(config)).contains("refused.m is a materialised view", "cannot be streamed");
    }

    private static String errors(Map<String, String> config) {
        return String.valueOf(CdcMirror.errors(postgres, "refused", change -> change.putAll(config))
                .get("table.include.list"));
    }
}
