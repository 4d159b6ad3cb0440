package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Manifest;
import io.millrace.testing.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How one run follows another, and how mirrors are spread over tasks. */
class QueryRunsIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    /** Many rows of one value, at the end of a run, of a range and of a limited run. */
    @Test
    void noRowIsLostOrDoubledWhereOneRunFollowsAnother() {
        postgres.execute(
                "CREATE TABLE seams(id int PRIMARY KEY, at timestamptz NOT NULL)",
                "CREATE INDEX ON seams(at)",
                "INSERT INTO seams SELECT i, now() - interval '1 hour' + (i / 50) * interval '1 microsecond'"
                        + " FROM generate_series(0, 1999) i",
                "ANALYZE seams");
        Map<String, String> limited = QueryMirror.config(
                postgres,
                "limited",
                "table",
                "public.seams",
                "watermark.column",
                "at",
                "watermark.late.rows",
                "ignore",
                "rows.per.partition",
                "70",
                "max.rows.per.refresh",
                "120",
                "refresh.interval.ms",
                "20");
        Map<String, String> template = QueryMirror.with(limited, all -> {
            all.put("topic.prefix", "template");
            all.put("table", "public.asked");
            all.put("watermark.table", "public.seams");
            all.put("query", "SELECT id, at FROM seams WHERE at BETWEEN {{.start}} AND {{.end}}");
        });
        try (TaskRun byTable = TaskRun.query(limited, new MemoryOffsets());
                TaskRun byQuery = TaskRun.query(template, new MemoryOffsets())) {
            for (TaskRun run : List.of(byTable, byQuery)) {
                String topic = run == byTable ? "limited.public.seams" : "template.public.asked";
                run.take(topic, 2000);
                List<Object> ids = QueryMirror.field(run.of(topic), "id");
                assertThat(ids).hasSize(2000).doesNotHaveDuplicates();
                run.await(
                        "the runs' records",
                        all -> reports(run, prefix(topic)).stream()
                                        .mapToLong(report -> report.getInt64("rows"))
                                        .sum()
                                == 2000);
                assertThat(reports(run, prefix(topic)))
                        .extracting(report -> report.getInt64("rows"))
                        .as("at most so many, and those of the last one's value")
                        .allMatch(rows -> rows <= 120 + 50)
                        .hasSizeGreaterThan(10);
            }
            postgres.execute(
                    "INSERT INTO seams SELECT 2000 + i, now() FROM generate_series(0, 99) i",
                    "INSERT INTO seams SELECT 2100 + i, now() FROM generate_series(0, 99) i");
            for (TaskRun run : List.of(byTable, byQuery)) {
                String topic = run == byTable ? "limited.public.seams" : "template.public.asked";
                assertThat(QueryMirror.field(run.take(topic, 2200), "id"))
                        .hasSize(2200)
                        .doesNotHaveDuplicates();
            }
        }
    }

    private static String prefix(String topic) {
        return topic.substring(0, topic.indexOf('.'));
    }

    /** What the control topic tells of runs that are over. */
    private static List<Struct> reports(TaskRun run, String prefix) {
        return run.of("__millrace-control." + prefix).stream()
                .filter(record -> record.valueSchema() != null
                        && "io.millrace.Run".equals(record.valueSchema().name()))
                .map(record -> (Struct) record.value())
                .toList();
    }

    @Test
    void runsThatTakeLongerThanTheIntervalAreCounted() {
        postgres.execute(
                "CREATE TABLE slow(id bigserial PRIMARY KEY)",
                "INSERT INTO slow SELECT FROM generate_series(1, 10)",
                "CREATE VIEW slowly AS SELECT id, pg_sleep(0.02) IS NULL AS slept FROM slow");
        Map<String, String> config = QueryMirror.config(
                postgres, "slow", "table", "public.slowly", "mode", "full", "refresh.interval.ms", "100");
        try (TaskRun run = TaskRun.query(config, new MemoryOffsets())) {
            run.await("a run after two that took too long", all -> reports(run, "slow").stream()
                    .anyMatch(report -> report.getInt64("overruns") >= 2 && report.getInt64("took_ms") >= 200));
        }
    }

    @Test
    void theOnlyRunIsTheLast() {
        postgres.execute("CREATE TABLE once(id bigserial PRIMARY KEY)", "INSERT INTO once DEFAULT VALUES");
        Map<String, String> config = QueryMirror.config(
                postgres,
                "once",
                "mirrors",
                "one,other",
                "watermark.column",
                "id",
                "mirrors.one.table",
                "public.once",
                "mirrors.one.initial.copy.only",
                "true",
                "mirrors.other.table",
                "public.other");
        postgres.execute("CREATE TABLE other(id bigserial PRIMARY KEY)");
        MemoryOffsets offsets = new MemoryOffsets();
        for (int run = 1; run <= 2; run++) {
            int count = run == 1 ? 1 : 0;
            try (TaskRun task = TaskRun.query(config, offsets)) {
                task.take("once.public.once", count);
                postgres.execute("INSERT INTO once DEFAULT VALUES", "INSERT INTO other DEFAULT VALUES");
                task.take("once.public.other", 1);
                assertThat(task.of("once.public.once")).hasSize(count);
            }
        }
    }

    @Test
    void manyMirrorsAreSpreadOverTheTasks() {
        List<String> settings = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            postgres.execute(
                    "CREATE TABLE many" + i + "(id bigserial PRIMARY KEY)",
                    "INSERT INTO many" + i + " SELECT FROM generate_series(1, 100)");
            names.add("m" + i);
            settings.addAll(List.of("mirrors.m" + i + ".table", "public.many" + i));
        }
        settings.addAll(List.of(
                "mirrors",
                String.join(",", names),
                "watermark.column",
                "id",
                "snapshot.tables.in.parallel",
                "2",
                "snapshot.max.parallel.workers",
                "2"));
        Map<String, String> config = QueryMirror.config(postgres, "many", settings.toArray(String[]::new));
        List<TaskRun> tasks = TaskRun.queries(config, new MemoryOffsets(), 3);
        try {
            assertThat(tasks).hasSize(3);
            for (int i = 0; i < 7; i++) {
                String topic = "many.public.many" + i;
                TaskRun owner = tasks.get(i % 3);
                owner.take(topic, 100);
                postgres.execute("INSERT INTO many" + i + " DEFAULT VALUES");
                assertThat(QueryMirror.field(owner.take(topic, 101), "id"))
                        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, 101)
                                .boxed()
                                .map(Object.class::cast)
                                .toList());
                for (TaskRun other : tasks) {
                    assertThat(other == owner || other.of(topic).isEmpty()).isTrue();
                }
            }
        } finally {
            tasks.forEach(TaskRun::close);
        }
    }

    /** As a standby ends a run whose rows it has to remove, or a migration holds a table for long. */
    @Test
    void aConflictEndsTheRunAndNotTheMirror() {
        postgres.execute(
                "CREATE TABLE conflict(state text)",
                "INSERT INTO conflict VALUES ('40001')",
                "CREATE FUNCTION conflicting() RETURNS text LANGUAGE plpgsql AS $$ DECLARE s text; BEGIN SELECT state INTO"
                        + " s FROM conflict; IF s <> '' THEN RAISE EXCEPTION 'on purpose' USING ERRCODE = s; END IF;"
                        + " RETURN 'read'; END $$",
                "CREATE VIEW contended AS SELECT conflicting() AS v");
        Map<String, String> config = QueryMirror.config(
                postgres,
                "contended",
                "table",
                "public.contended",
                "mode",
                "full",
                "retriable.restart.connector.wait.ms",
                "100");
        try (TaskRun run = TaskRun.query(config, new MemoryOffsets())) {
            for (String state : List.of("40P01", "55P03", "")) {
                int aborted = aborted(run);
                run.await("a run that was ended", all -> aborted(run) > aborted);
                postgres.execute("UPDATE conflict SET state = '" + state + "'");
            }
            QueryMirror.awaitWhole(run, "contended", "v", "read");
            postgres.execute("UPDATE conflict SET state = '22012'");
            assertThat(run.failure()).contains("mirror public.contended", "on purpose");
        }
    }

    private static int aborted(TaskRun run) {
        List<SourceRecord> manifests = run.of(Manifest.topic("contended"));
        return (int) manifests.stream()
                .filter(record -> Manifest.of((Struct) record.value()).kind() == Manifest.Kind.ABORT)
                .count();
    }

    /** Rows that were there before the mirror began are not late. */
    @Test
    void aMirrorThatBeginsNowLooksForLateRowsFromThenOn() {
        postgres.execute(
                "CREATE TABLE fromnow(id int PRIMARY KEY)", "INSERT INTO fromnow SELECT generate_series(1, 1000)");
        Map<String, String> config = QueryMirror.config(
                postgres,
                "fromnow",
                "table",
                "public.fromnow",
                "watermark.column",
                "id",
                "watermark.start",
                "now",
                "watermark.late.rows",
                "redeliver",
                "watermark.late.rows.interval.ms",
                "0");
        try (TaskRun run = TaskRun.query(config, new MemoryOffsets())) {
            run.await("its beginning", all -> !all.isEmpty());
            postgres.execute("INSERT INTO fromnow VALUES (-5)");
            QueryMirror.awaitIds(run, "fromnow.public.fromnow", -5);
            assertThat(QueryMirror.field(run.of("fromnow.public.fromnow"), "id"))
                    .containsOnly(-5);
        }
    }
}
