package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.window.CopyState;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Copies beside the stream where it is easy to go wrong. */
@Tag("extended")
class WindowEdgesIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Map<String, String> config(String name) {
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put("signal.data.collection", name + ".signals");
        config.put("incremental.snapshot.chunk.size", "7");
        config.put("notification.enabled.channels", "sink");
        config.put("notification.sink.topic.name", "notices-" + name);
        config.put("heartbeat.interval.ms", "100");
        return config;
    }

    private static MirrorRun streaming(String name) {
        postgres.execute("CREATE TABLE " + name + ".signals (id text PRIMARY KEY, type text, data text)");
        MirrorRun run = MirrorRun.first(config(name));
        await(run, "the stream has begun", () -> run.stored(CopyState.partition(name)) != null);
        return run;
    }

    private static void await(MirrorRun run, String what, java.util.function.BooleanSupplier condition) {
        Await.until(what, () -> {
            run.check();
            return condition.getAsBoolean();
        });
    }

    private static String execute(String name, String id) {
        return "INSERT INTO " + name + ".signals VALUES ('" + id + "', 'execute-snapshot',"
                + " '{\"data-collections\": [\"" + name + "\\\\.t.*\"]}')";
    }

    private static boolean completed(MirrorRun run, String name, String id) {
        return run.records("notices-" + name).stream()
                .map(record -> (Struct) record.value())
                .anyMatch(notice -> notice.getString("id").equals(id)
                        && notice.getString("type").equals("COMPLETED"));
    }

    private static List<SourceRecord> copied(MirrorRun run, String topic) {
        return run.records(topic).stream()
                .filter(record -> record.value() instanceof Struct value
                        && value.getStruct("source").getString("snapshot").equals("incremental"))
                .toList();
    }

    /** In small ranges, so that every order but the server's own would leave rows out or bring them twice. */
    @Test
    void keysOfEveryTypeAreRangedInTheServersOrder() throws Exception {
        List<String> keys = List.of(
                "int2: i::int2",
                "int8: i * 10000000000 - 1000000000000",
                "numeric: (i % 13 - 6) * 1.10 + i / 1000.0",
                "float8: CASE i WHEN 1 THEN 'NaN' WHEN 2 THEN '-Infinity' WHEN 3 THEN '1e-300' ELSE i * -0.1 END::float8",
                "text: (ARRAY['a','A','_','é','z','Z','-','','\\','it''s'])[1 + i % 10] || i",
                "text COLLATE \"C\": (ARRAY['a','A','_','é','z','Z','-','','\\','it''s'])[1 + i % 10] || i",
                "varchar(20): 'Ab'[i % 2] || i",
                "char(12): chr(65 + i % 60) || i",
                "name: ('n' || i)::name",
                "uuid: md5(i::text)::uuid",
                "date: '2020-01-01'::date - i * 400",
                "timestamp: '2020-01-01'::timestamp + i * interval '1 microsecond'",
                "timestamptz: '2020-01-01'::timestamptz + i * interval '7 hours'",
                "timetz: '10:00+02'::timetz + i * interval '1 minute'",
                "interval: i * interval '1 day' - i % 3 * interval '1 month'",
                "bytea: decode(md5(i::text), 'hex')",
                "inet: '10.0.0.0'::inet + i",
                "bit(16): i::bit(16)",
                "int4[]: ARRAY[i % 7, i]",
                "int4range: int4range(i % 5, i + 10)",
                "jsonb: to_jsonb(i % 3 || ':' || i)",
                "edges.mood: (ARRAY['sad','ok','happy'])[1 + i % 3]::edges.mood");
        postgres.execute("CREATE SCHEMA edges", "CREATE TYPE edges.mood AS ENUM ('sad', 'ok', 'happy')");
        List<String> tables = new ArrayList<>();
        for (String key : keys) {
            String type = key.substring(0, key.indexOf(": "));
            String table = "edges.t" + tables.size();
            String value = key.substring(key.indexOf(": ") + 2).replace("'Ab'[i % 2]", "substr('Ab', 1 + i % 2, 1)");
            boolean few = type.equals("edges.mood");
            postgres.execute(
                    "CREATE TABLE " + table + " (k " + type + " PRIMARY KEY, v int8 NOT NULL DEFAULT 0)",
                    "INSERT INTO " + table + " (k) SELECT " + value + " FROM generate_series(1, " + (few ? 3 : 60)
                            + ") i");
            tables.add(table);
        }
        try (MirrorRun run = streaming("edges")) {
            postgres.execute(execute("edges", "all"));
            await(run, "the copies are done", () -> completed(run, "edges", "all"));
            for (int i = 0; i < tables.size(); i++) {
                List<Object> found = copied(run, "edges." + tables.get(i)).stream()
                        .map(record -> TaskRun.after(record).get("k"))
                        .toList();
                assertThat(found)
                        .as(keys.get(i))
                        .doesNotHaveDuplicates()
                        .hasSize(Integer.parseInt(postgres.queryOne("SELECT count(*)::text FROM " + tables.get(i))));
            }
        }
    }

    /** With synchronous replication a commit is in the stream long before any snapshot shows it. */
    @Test
    void aCommitThatIsStreamedAndNotYetVisibleIsWaitedFor() throws Exception {
        postgres.execute(
                "CREATE SCHEMA stalled",
                "CREATE TABLE stalled.t (id int PRIMARY KEY, v int8 NOT NULL)",
                "CREATE TABLE public.probe (i int)",
                "INSERT INTO stalled.t SELECT i, 0 FROM generate_series(1, 50) i");
        try (MirrorRun run = streaming("stalled")) {
            postgres.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()");
            List<CompletableFuture<Void>> commits = new ArrayList<>();
            Await.until("the server's checkpointer has taken it up, so that commits wait", () -> {
                commits.add(CompletableFuture.runAsync(
                        () -> postgres.execute("SET synchronous_commit = on", "INSERT INTO public.probe VALUES (1)")));
                Thread.sleep(300);
                return !commits.get(commits.size() - 1).isDone();
            });
            CompletableFuture<Void> update = CompletableFuture.runAsync(
                    () -> postgres.execute("SET synchronous_commit = on", "UPDATE stalled.t SET v = 1 WHERE id = 5"));
            await(run, "the stream has the update", () -> run.records("stalled.stalled.t").stream()
                    .anyMatch(record -> TaskRun.op(record).equals("u")));
            assertThat(update).isNotDone();
            try (Connection connection = postgres.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("SET synchronous_commit = local");
                statement.execute(execute("stalled", "early"));
                Thread.sleep(1000);
                assertThat(completed(run, "stalled", "early")).isFalse();
            } finally {
                postgres.execute("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
            }
            update.join();
            commits.forEach(CompletableFuture::join);
            await(run, "the copy is done", () -> completed(run, "stalled", "early"));
            FoldedTopic folded = FoldedTopic.of(run.records("stalled.stalled.t"));
            assertThat(folded.copied).isEqualTo(100);
        }
    }

    @Test
    void aTruncateInTheMiddleLeavesNothingBehind() throws Exception {
        postgres.execute(
                "CREATE SCHEMA emptied",
                "CREATE TABLE emptied.t (id int PRIMARY KEY, v int8 NOT NULL)",
                "INSERT INTO emptied.t SELECT i, 0 FROM generate_series(1, 3000) i");
        try (MirrorRun run = streaming("emptied")) {
            postgres.execute(execute("emptied", "all"));
            await(run, "some is copied", () -> copied(run, "emptied.emptied.t").size() > 300);
            postgres.execute("TRUNCATE emptied.t", "INSERT INTO emptied.t SELECT i, 1 FROM generate_series(1, 20) i");
            await(run, "the copy is done", () -> completed(run, "emptied", "all"));
            assertThat(copied(run, "emptied.emptied.t")).hasSizeLessThan(3000);
            assertThat(FoldedTopic.of(run.records("emptied.emptied.t")).size()).isEqualTo(20);
        }
    }

    @Test
    void aPartitionedTableIsCopiedAsOne() throws Exception {
        postgres.execute(
                "CREATE SCHEMA rooted",
                "CREATE TABLE rooted.t (id int, day int, v int8 NOT NULL, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
                "CREATE TABLE rooted.t_low PARTITION OF rooted.t FOR VALUES FROM (0) TO (5)",
                "CREATE TABLE rooted.t_high PARTITION OF rooted.t FOR VALUES FROM (5) TO (10)",
                "CREATE TABLE rooted.signals (id text PRIMARY KEY, type text, data text)",
                "INSERT INTO rooted.t SELECT i, i % 10, 0 FROM generate_series(1, 200) i");
        Map<String, String> config = config("rooted");
        config.put("publish.via.partition.root", "true");
        try (MirrorRun run = MirrorRun.first(config)) {
            await(run, "the stream has begun", () -> run.stored(CopyState.partition("rooted")) != null);
            postgres.execute(execute("rooted", "all"), "UPDATE rooted.t SET day = 9 - day, v = 1 WHERE id % 3 = 0");
            await(run, "the copy is done", () -> completed(run, "rooted", "all"));
            postgres.execute("INSERT INTO rooted.t VALUES (1000, 1, 0)");
            await(run, "the marker has come", () -> run.records("rooted.rooted.t").stream()
                    .anyMatch(record -> record.key().toString().contains("id=1000,")));
            assertThat(FoldedTopic.of(run.records("rooted.rooted.t")).size()).isEqualTo(201);
            assertThat(copied(run, "rooted.rooted.t")).hasSizeGreaterThan(100);
        }
    }
}
