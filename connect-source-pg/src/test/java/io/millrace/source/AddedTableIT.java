package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.catalog.TableId;
import io.millrace.source.window.CopyState;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tables added to the captured ones are copied while the stream goes on and while they change. */
class AddedTableIT {
    private static final int ROWS = 20_000;
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Map<String, String> config(String name, String tables) {
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put("table.include.list", tables);
        config.put("incremental.snapshot.chunk.size", "500");
        config.put("heartbeat.interval.ms", "100");
        return config;
    }

    private static void awaitCopies(MirrorRun run, String name) {
        Await.until("the copies of " + name + " are done", () -> {
            CopyState state = CopyState.of(run.stored(CopyState.partition(name)));
            return state != null
                    && state.requests().isEmpty()
                    && state.captures().test(new TableId(name, "numbered"));
        });
    }

    private static void awaitMarker(MirrorRun run, String name, int marker) {
        postgres.execute("INSERT INTO " + name + ".one VALUES (" + marker + ")");
        String topic = name + "." + name + ".one";
        Await.until("the marker has come", () -> {
            run.check();
            List<SourceRecord> records = run.records(topic);
            return !records.isEmpty()
                    && String.valueOf(records.get(records.size() - 1).key()).contains("=" + marker + "}");
        });
    }

    private static List<String> table(String name) {
        List<String> rows = new ArrayList<>();
        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT * FROM " + name)) {
            while (row.next()) {
                Map<String, Object> columns = new TreeMap<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    columns.put(row.getMetaData().getColumnName(i), FoldedTopic.shortened(row.getObject(i)));
                }
                rows.add(columns.toString());
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return rows.stream().sorted().toList();
    }

    private static MirrorRun streaming(String name) throws InterruptedException {
        postgres.execute(
                "CREATE SCHEMA " + name,
                "CREATE TABLE " + name + ".one (id int PRIMARY KEY)",
                "INSERT INTO " + name + ".one VALUES (0)",
                "CREATE TABLE " + name + ".numbered (id int8 PRIMARY KEY, v int8 NOT NULL, big text)",
                "ALTER TABLE " + name + ".numbered ALTER big SET STORAGE EXTERNAL",
                "INSERT INTO " + name + ".numbered SELECT i * 7, 0, CASE WHEN i % 5 = 0 THEN repeat('x' || i, 700) END"
                        + " FROM generate_series(1, " + ROWS + ") i",
                "CREATE TABLE " + name + ".named (a text, b int4, v int8 NOT NULL, PRIMARY KEY (a, b))",
                // Texts that a language's order and that of their bytes put in different places.
                "INSERT INTO " + name
                        + ".named SELECT (ARRAY['a','B','_','É','z','Z','-a',''])[1 + i % 8] || i % 1000, i, 0"
                        + " FROM generate_series(1, " + ROWS + ") i",
                "CREATE TABLE " + name + ".keyless (a int8, v int8)",
                "ALTER TABLE " + name + ".keyless REPLICA IDENTITY FULL",
                "INSERT INTO " + name + ".keyless SELECT i, 0 FROM generate_series(1, " + ROWS + ") i");
        MirrorRun run = MirrorRun.first(config(name, name + "\\.one"));
        Await.until("the stream has begun", () -> run.stored(CopyState.partition(name)) != null);
        run.stop();
        return run;
    }

    private static FoldedTopic same(MirrorRun run, String name, String table, boolean repeats) {
        FoldedTopic folded = FoldedTopic.of(run.records(name + "." + name + "." + table), repeats);
        assertThat(folded.differences(table(name + "." + table))).isEmpty();
        return folded;
    }

    private static List<String> keyless(MirrorRun run, String name) {
        return run.records(name + "." + name + ".keyless").stream()
                .map(record -> TaskRun.after(record).toString())
                .toList();
    }

    @Test
    void copiesThemWhileTheyChangeWithoutEverGoingBack() throws Exception {
        MirrorRun before = streaming("added");
        try (Writers writers = new Writers("added", 2);
                MirrorRun during = before.next(config("added", "added\\..*"))) {
            awaitCopies(during, "added");
            writers.stop();
            awaitMarker(during, "added", 1);
            assertThat(same(during, "added", "numbered", false).copied)
                    .as("copied rows")
                    .isBetween(1, ROWS + ROWS / 10);
            same(during, "added", "named", false);
            assertThat(keyless(during, "added"))
                    .as("copied at one point of the stream: nothing twice, nothing left out")
                    .doesNotHaveDuplicates()
                    .hasSameSizeAs(table("added.keyless"));
            assertThat(writers.changes).as("changes meanwhile").isGreaterThan(100);
            assertThat(during.records("added.added.one")).hasSize(2);
        }
    }

    @Test
    @Tag("extended")
    void goesOnAfterEveryKindOfEnd() throws Exception {
        MirrorRun run = streaming("killed");
        try (Writers writers = new Writers("killed", 2)) {
            for (int end = 0; end < 4; end++) {
                run = run.next(config("killed", "killed\\..*"));
                MirrorRun one = run;
                int rows = run.records().size();
                Await.until("some of it is copied", () -> {
                    one.check();
                    return one.records().size() > rows + 4000;
                });
                if (end % 2 == 0) {
                    run.kill();
                } else {
                    postgres.execute(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                                    + " AND application_name LIKE 'millrace%'");
                    Thread.sleep(200);
                    run.stop();
                }
            }
            run = run.next(config("killed", "killed\\..*"));
            awaitCopies(run, "killed");
            writers.stop();
            awaitMarker(run, "killed", 1);
            same(run, "killed", "numbered", true);
            int copied = same(run, "killed", "named", true).copied;
            assertThat(copied).as("rows copied, some again").isBetween(ROWS / 2, 2 * ROWS);
            assertThat(keyless(run, "killed").stream().distinct()).hasSameSizeAs(table("killed.keyless"));
        } finally {
            run.close();
        }
    }

    /** With exactly-once a crash takes with it what is not committed; nothing of the rest is repeated or left out. */
    @Test
    @Tag("extended")
    void repeatsNothingWhereRecordsAndOffsetsAreOne() throws Exception {
        Map<String, String> config = config("exact", "exact\\..*");
        config.put("exactly.once.support", "required");
        config.put("max.batch.size", "300");
        MirrorRun run = streaming("exact");
        try (Writers writers = new Writers("exact", 2)) {
            for (int end = 0; end < 4; end++) {
                run = run.next(config);
                MirrorRun one = run;
                int rows = run.records().size();
                Await.until("some of it is copied", () -> {
                    one.check();
                    return one.records().size() > rows + 3000;
                });
                run.abort();
            }
            run = run.next(config);
            awaitCopies(run, "exact");
            writers.stop();
            awaitMarker(run, "exact", 1);
            same(run, "exact", "numbered", false);
            same(run, "exact", "named", false);
            assertThat(run.records("exact.exact.numbered").stream()
                            .filter(record -> TaskRun.op(record).equals("r"))
                            .map(record -> record.key().toString()))
                    .as("copied rows")
                    .doesNotHaveDuplicates();
        } finally {
            run.close();
        }
    }

    /** Each writer changes keys of its own, so that versions of a row come in the order of their numbers. */
    private static final class Writers implements AutoCloseable {
        private final AtomicBoolean stopping = new AtomicBoolean();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final List<Thread> threads = new ArrayList<>();
        volatile int changes;

        Writers(String schema, int count) {
            for (int i = 0; i < count; i++) {
                int writer = i;
                Thread thread = new Thread(() -> write(schema, writer, count));
                thread.start();
                threads.add(thread);
            }
        }

        @SuppressWarnings("NonAtomicOperationOnVolatileField")
        private void write(String schema, int writer, int count) {
            Random random = new Random(writer);
            long version = 1;
            try (Connection connection = postgres.connect();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                while (!stopping.get()) {
                    for (int i = 0; i < 1 + random.nextInt(5); i++) {
                        long id = 7L * (random.nextInt(ROWS / count) * count + writer);
                        version++;
                        for (String sql : change(schema, random, id, version)) {
                            statement.execute(sql);
                        }
                        changes++;
                    }
                    if (random.nextInt(10) == 0) {
                        connection.rollback();
                    } else {
                        connection.commit();
                    }
                }
            } catch (SQLException e) {
                failure.set(e);
            }
        }

        private static List<String> change(String schema, Random random, long id, long version) {
            String numbered = schema + ".numbered";
            String named = schema + ".named";
            long i = id / 7;
            return switch (random.nextInt(7)) {
                case 6 -> List.of("INSERT INTO " + schema + ".keyless VALUES (" + id + ", " + version + ")");
                case 0 ->
                    List.of(
                            "DELETE FROM " + numbered + " WHERE id = " + id,
                            "DELETE FROM " + named + " WHERE b = " + i);
                case 1 ->
                    List.of(
                            "INSERT INTO " + numbered + " VALUES (" + id + ", " + version
                                    + ", repeat('new', 900)) ON CONFLICT (id) DO UPDATE SET v = excluded.v, big = excluded.big");
                case 2 ->
                    List.of(
                            "UPDATE " + numbered + " SET id = id + 3 - 6 * (id % 7 / 3), v = " + version
                                    + " WHERE id = "
                                    + id
                                    + " AND NOT EXISTS (SELECT 1 FROM " + numbered + " WHERE id = " + (id + 3) + ")",
                            "UPDATE " + named + " SET a = 'm' || a, v = " + version + " WHERE b = " + i
                                    + " AND length(a) < 8");
                default ->
                    List.of(
                            "UPDATE " + numbered + " SET v = " + version + " WHERE id = " + id,
                            "UPDATE " + named + " SET v = " + version + " WHERE b = " + i);
            };
        }

        void stop() throws InterruptedException {
            stopping.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failure.get()).isNull();
        }

        @Override
        public void close() throws InterruptedException {
            stopping.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }
}
