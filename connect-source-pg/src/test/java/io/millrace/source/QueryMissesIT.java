package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rows that a position has passed by: late ones, those of a server that went back, and what a boundary leaves time for. */
class QueryMissesIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        postgres.execute(
                "CREATE ROLE plain LOGIN PASSWORD 'plain'", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO plain");
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Map<String, String> config(String table, String column, String... further) {
        Map<String, String> config = QueryMirror.config(postgres, table, further);
        config.put("table", "public." + table);
        config.put("watermark.column", column);
        return config;
    }

    private static MemoryOffsets at(String table, Map<String, ?> offset) {
        MemoryOffsets offsets = new MemoryOffsets();
        offsets.store(partition(table), offset);
        return offsets;
    }

    private static Map<String, String> partition(String table) {
        return QueryKindsIT.partition(table, "public." + table);
    }

    private static String stored(MemoryOffsets offsets, String table) {
        return String.valueOf(offsets.offset(partition(table)));
    }

    private static List<SourceRecord> rows(TaskRun run, String table) {
        return run.of(table + ".public." + table);
    }

    private static List<Object> ids(TaskRun run, String table) {
        return QueryMirror.field(rows(run, table), "id");
    }

    private static void await(TaskRun run, String table, Object... ids) {
        run.await(List.of(ids) + " in " + table, all -> ids(run, table).containsAll(List.of(ids)));
    }

    /** Rows younger than the boundary are left for later, whether or not open transactions are shown. */
    @Test
    void aBoundaryIsInMilliseconds() {
        postgres.execute(
                "CREATE TABLE bound(id int PRIMARY KEY, at timestamptz NOT NULL)",
                "INSERT INTO bound VALUES (1, now() - interval '11 min'), (2, now() - interval '9 min')");
        for (String user : List.of("postgres", "plain")) {
            Map<String, String> config = config("bound", "at", "watermark.boundary", "600000");
            config.put("database.user", user);
            config.put("database.password", user);
            MemoryOffsets offsets = new MemoryOffsets();
            try (TaskRun run = TaskRun.query(config, offsets)) {
                run.await("the mark", all -> QueryMirror.mark(offsets, "bound", "public.bound") != null);
                assertThat(postgres.queryOne("SELECT (timestamptz '"
                                + QueryMirror.mark(offsets, "bound", "public.bound")
                                + "' BETWEEN now() - interval '11 min' AND now() - interval '10 min')::text"))
                        .isEqualTo("true");
                assertThat(ids(run, "bound")).containsExactly(1);
            }
        }
        assertThat(QueryMirror.errors(config("bound", "at", "watermark.boundary", "9000000000000000")))
                .containsOnlyKeys("watermark.boundary");
    }

    @Test
    void valuesThatBeginAnewAreReadAgain() {
        postgres.execute(
                "CREATE TABLE anew(id bigserial PRIMARY KEY, v text)",
                "INSERT INTO anew(v) SELECT 'old' FROM generate_series(1, 10)");
        MemoryOffsets offsets = new MemoryOffsets();
        try (TaskRun run = TaskRun.query(config("anew", "id"), offsets)) {
            run.take("anew.public.anew", 10);
            run.await("the mark", all -> "10".equals(QueryMirror.mark(offsets, "anew", "public.anew")));
            postgres.execute(
                    "TRUNCATE anew RESTART IDENTITY", "INSERT INTO anew(v) SELECT 'new' FROM generate_series(1, 3)");
            run.take("anew.public.anew", 13);
            postgres.execute("INSERT INTO anew(v) VALUES ('next')");
            run.take("anew.public.anew", 14);
            assertThat(QueryMirror.field(rows(run, "anew").subList(10, 14), "v"))
                    .containsExactly("new", "new", "new", "next");
        }
    }

    @Test
    void aQueueWhoseLastRowsAreDeletedIsNotReadAgain() {
        postgres.execute(
                "CREATE TABLE queue(id bigserial PRIMARY KEY)", "INSERT INTO queue SELECT FROM generate_series(1, 10)");
        MemoryOffsets offsets = new MemoryOffsets();
        try (TaskRun run = TaskRun.query(config("queue", "id"), offsets)) {
            run.take("queue.public.queue", 10);
            run.await("the mark", all -> "10".equals(QueryMirror.mark(offsets, "queue", "public.queue")));
            // What changed since would come again.
            postgres.execute("DELETE FROM queue WHERE id > 5", "UPDATE queue SET id = id");
            awaitLooks("queue");
            postgres.execute("INSERT INTO queue DEFAULT VALUES");
            assertThat(QueryMirror.field(run.take("queue.public.queue", 11), "id")
                            .subList(10, 11))
                    .containsExactly(11L);
        }
    }

    /** Until a run has begun, and another one after it. */
    private static void awaitLooks(String prefix) {
        for (int i = 0; i < 2; i++) {
            String now = postgres.queryOne("SELECT clock_timestamp()");
            Await.until("a look of " + prefix, () -> postgres.queryOne("SELECT (max(query_start) > '" + now
                            + "')::text FROM pg_stat_activity WHERE application_name =" + " 'millrace query " + prefix
                            + "'")
                    .equals("true"));
        }
    }

    /** As after the server's clock was set back by an hour. */
    @Test
    void rowsOfAClockThatWasSetBackCome() {
        postgres.execute(
                "CREATE TABLE clock(id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())",
                "INSERT INTO clock VALUES (1, now() - interval '1 min')");
        String xmin = postgres.queryOne("SELECT pg_snapshot_xmin(pg_current_snapshot())::text");
        String mark = postgres.queryOne("SELECT now() + interval '1 hour'");
        MemoryOffsets offsets =
                at("clock", Map.of("watermark.column", "at", "watermark", mark, "xmin", Long.parseLong(xmin)));
        try (TaskRun run = TaskRun.query(config("clock", "at"), offsets)) {
            postgres.execute("INSERT INTO clock VALUES (2)");
            await(run, "clock", 2);
            postgres.execute("INSERT INTO clock VALUES (3)");
            await(run, "clock", 3);
            assertThat(ids(run, "clock"))
                    .as("what did not change is not read again")
                    .doesNotContain(1);
        }
    }

    /** A user may have rows passed over that are yet to come. */
    @Test
    void aPositionAheadOfTheSourceIsKept() {
        postgres.execute("CREATE TABLE ahead(id int PRIMARY KEY)", "INSERT INTO ahead SELECT generate_series(1, 50)");
        MemoryOffsets offsets = at("ahead", Map.of("watermark", "100"));
        Map<String, String> config = config("ahead", "id", "watermark.late.rows.interval.ms", "0");
        Map<String, String> byStart = QueryMirror.with(config, all -> {
            all.put("topic.prefix", "aheadstart");
            all.put("watermark.start", "101");
        });
        try (TaskRun run = TaskRun.query(config, offsets);
                TaskRun start = TaskRun.query(byStart, new MemoryOffsets())) {
            start.await(
                    "its beginning", all -> QueryMirror.mark(start.offsets(), "aheadstart", "public.ahead") != null);
            postgres.execute("INSERT INTO ahead VALUES (60)", "INSERT INTO ahead VALUES (101)");
            await(run, "ahead", 101);
            start.take("aheadstart.public.ahead", 1);
            postgres.execute("INSERT INTO ahead VALUES (70)", "INSERT INTO ahead VALUES (102)");
            await(run, "ahead", 70, 102);
            assertThat(ids(run, "ahead")).containsOnly(101, 70, 102);
        }
    }

    /** Above a position that was set by hand, and not the whole table once more for the first look. */
    @Test
    void lateRowsAreThoseThatCameSinceThePositionWasSet() {
        postgres.execute(
                "CREATE TABLE byhand(id int PRIMARY KEY)", "INSERT INTO byhand SELECT generate_series(1, 100)");
        MemoryOffsets offsets = at("byhand", Map.of("watermark", "90"));
        try (TaskRun run = TaskRun.query(config("byhand", "id", "watermark.late.rows.interval.ms", "0"), offsets)) {
            run.take("byhand.public.byhand", 10);
            postgres.execute("INSERT INTO byhand VALUES (-5)");
            await(run, "byhand", -5);
            assertThat(ids(run, "byhand")).hasSize(11).doesNotContain(1, 90);
        }
    }

    @Test
    void lateRowsAreLookedForWithAKeyThatIsConfigured() {
        postgres.execute("CREATE TABLE keyless(id int8 NOT NULL)", "INSERT INTO keyless VALUES (10)");
        Map<String, String> config = config("keyless", "id", "watermark.late.rows.interval.ms", "0");
        assertThat(QueryMirror.errors(config)).containsOnlyKeys("watermark.late.rows");
        for (Map.Entry<String, String> one : Map.of("watermark.late.rows", "ignore", "watermark.boundary", "5")
                .entrySet()) {
            assertThat(QueryMirror.errors(QueryMirror.with(config, all -> all.put(one.getKey(), one.getValue()))))
                    .isEmpty();
        }
        config.put("message.key.columns", "public.keyless:id");
        assertThat(QueryMirror.errors(config)).isEmpty();
        try (TaskRun run = TaskRun.query(config, new MemoryOffsets())) {
            run.take("keyless.public.keyless", 1);
            run.await("the mark", all -> QueryMirror.mark(run.offsets(), "keyless", "public.keyless") != null);
            postgres.execute("INSERT INTO keyless VALUES (5)");
            await(run, "keyless", 5L);
        }
    }

    /** What another server, or one before its promotion, had given may be other rows here. */
    @Test
    void whatWasReadFromAnotherServerIsReadAgain() {
        postgres.execute(
                "CREATE TABLE moved(id bigserial PRIMARY KEY)", "INSERT INTO moved SELECT FROM generate_series(1, 20)");
        Map<String, Object> stored =
                Map.of("watermark.column", "id", "watermark", "15", "xmin", 4_000_000_000L, "history", "1/1");
        MemoryOffsets offsets = at("moved", stored);
        List<Object> all =
                LongStream.rangeClosed(1, 20).boxed().map(Object.class::cast).toList();
        try (TaskRun run = TaskRun.query(config("moved", "id"), offsets)) {
            run.take("moved.public.moved", 20);
            run.await("the mark", records -> "20".equals(QueryMirror.mark(offsets, "moved", "public.moved")));
            assertThat(ids(run, "moved")).containsExactlyInAnyOrderElementsOf(all);
            assertThat(stored(offsets, "moved"))
                    .doesNotContain("history=1/1", "late=")
                    .contains("history=");
        }
        try (TaskRun run = TaskRun.query(config("moved", "id"), offsets)) {
            postgres.execute("INSERT INTO moved DEFAULT VALUES");
            run.take("moved.public.moved", 1);
            assertThat(ids(run, "moved")).as("nothing again on the same server").containsExactly(21L);
        }
        MemoryOffsets byXmin =
                at("moved", Map.of("watermark.column", "xmin", "xmin", 5_000_000_000L, "history", "1/1"));
        try (TaskRun run = TaskRun.query(config("moved", "xmin"), byXmin)) {
            run.take("moved.public.moved", 21);
        }
    }

    @Test
    void aTargetsHighestValueIsReadAgainForItsTies() {
        postgres.createDatabase("ties");
        String at = "'2026-01-01 00:00:00+00'";
        postgres.executeIn(
                "ties",
                "CREATE TABLE public.tied(id int, at timestamptz)",
                "INSERT INTO tied VALUES (1, '2025-01-01 00:00:00+00'), (2, " + at + ")");
        postgres.execute(
                "CREATE TABLE tied(id int PRIMARY KEY, at timestamptz NOT NULL)",
                "INSERT INTO tied VALUES (1, '2025-01-01 00:00:00+00'), (2, " + at + "), (3, " + at + ")");
        Map<String, String> config = config(
                "tied",
                "at",
                "watermark.start",
                "target",
                "target.connection.url",
                postgres.jdbcUrl("ties"),
                "target.connection.username",
                postgres.user(),
                "target.connection.password",
                postgres.password());
        try (TaskRun run = TaskRun.query(config, new MemoryOffsets())) {
            run.take("tied.public.tied", 2);
            assertThat(ids(run, "tied")).containsExactlyInAnyOrder(2, 3);
        }
    }

    @Test
    void anOnlyRunEndsOnceAndWithAllRows() {
        postgres.execute(
                "CREATE TABLE single(id bigserial PRIMARY KEY)",
                "INSERT INTO single SELECT FROM generate_series(1, 10)");
        Map<String, String> config = config("single", "id", "initial.copy.only", "true");
        assertThat(QueryMirror.errors(QueryMirror.with(config, all -> all.put("max.rows.per.refresh", "3"))))
                .containsOnlyKeys("max.rows.per.refresh");
        MemoryOffsets offsets = new MemoryOffsets();
        try (TaskRun run = TaskRun.query(config, offsets)) {
            run.take("single.public.single", 10);
            run.await("the mark", all -> "10".equals(QueryMirror.mark(offsets, "single", "public.single")));
        }
        postgres.execute("INSERT INTO single DEFAULT VALUES", "CREATE TABLE other(id bigserial PRIMARY KEY)");
        Map<String, String> two = QueryMirror.with(config, all -> {
            all.put("mirrors", "public.single,other");
            all.put("mirrors.other.table", "public.other");
            all.put("mirrors.other.initial.copy.only", "false");
        });
        two.remove("table");
        two.put("mirrors.public.single.table", "public.single");
        try (TaskRun run = TaskRun.query(two, offsets)) {
            for (int i = 1; i <= 3; i++) {
                postgres.execute("INSERT INTO other DEFAULT VALUES");
                run.take("single.public.other", i);
            }
            assertThat(rows(run, "single")).isEmpty();
        }
    }

    /** As a signal leaves it that was stored before a crash. */
    @Test
    void aWholeTableThatIsAskedForIsReadThoughNothingChanged() {
        postgres.execute("CREATE TABLE asked(id int PRIMARY KEY)", "INSERT INTO asked VALUES (1)");
        Map<String, String> config = QueryMirror.config(
                postgres, "asked", "table", "public.asked", "mode", "full", "change.detection", "hash");
        MemoryOffsets offsets = new MemoryOffsets();
        try (TaskRun run = TaskRun.query(config, offsets)) {
            run.take("asked.public.asked", 1);
            run.await("its end", all -> stored(offsets, "asked").contains("fingerprint"));
        }
        Map<String, Object> again = new HashMap<>(offsets.offset(partition("asked")));
        again.put("run.again", true);
        again.put("run.done", "");
        offsets.store(partition("asked"), again);
        try (TaskRun run = TaskRun.query(config, offsets)) {
            run.take("asked.public.asked", 1);
            run.await("its end", all -> !stored(offsets, "asked").contains("run."));
        }
    }
}
