package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Writers of every bad habit for a while: nothing is missed, nothing comes twice. */
@Tag("extended")
class QuerySoakIT {
    private static final int WRITERS = 8;
    private static final long SECONDS = Long.getLong("millrace.query.soak.seconds", 60);

    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start(PostgresOptions.defaults().with("max_prepared_transactions", "20"));
        postgres.execute("CREATE ROLE plain LOGIN PASSWORD 'plain'", "GRANT pg_read_all_data TO plain");
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void slowAndUnorderedWritersLoseNothing() throws Exception {
        postgres.execute(
                "CREATE SEQUENCE cached CACHE 10",
                "CREATE TABLE busy(id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(),"
                        + " n int8 NOT NULL UNIQUE DEFAULT nextval('cached'))",
                "CREATE INDEX ON busy(at)");
        Map<String, String> bySequence =
                QueryMirror.config(postgres, "byid", "table", "public.busy", "watermark.column", "id");
        Map<String, String> byTime = QueryMirror.with(bySequence, all -> {
            all.put("topic.prefix", "byat");
            all.put("watermark.column", "at");
        });
        Map<String, String> byCached = QueryMirror.with(bySequence, all -> {
            all.put("topic.prefix", "byn");
            all.put("watermark.column", "n");
            all.put("watermark.late.rows.interval.ms", "2000");
        });
        Map<String, String> bounded = QueryMirror.with(byTime, all -> {
            all.put("topic.prefix", "bounded");
            all.put("database.user", "plain");
            all.put("database.password", "plain");
            all.put("watermark.boundary", "200");
        });
        try (TaskRun id = TaskRun.query(bySequence, new MemoryOffsets());
                TaskRun at = TaskRun.query(byTime, new MemoryOffsets());
                TaskRun n = TaskRun.query(byCached, new MemoryOffsets());
                TaskRun mimeo = TaskRun.query(bounded, new MemoryOffsets())) {
            write();
            Set<Object> written = written();
            Set<Object> all = new TreeSet<>(written);
            for (TaskRun run : List.of(id, at, n)) {
                String topic = (run == id ? "byid" : run == at ? "byat" : "byn") + ".public.busy";
                run.await("all of " + written.size(), records -> ids(run, topic).containsAll(all));
                if (run != n) {
                    assertThat(QueryMirror.field(run.of(topic), "id")).as(topic).doesNotHaveDuplicates();
                }
            }
            postgres.execute("INSERT INTO busy(id) VALUES (-1)");
            mimeo.await("the row after all", records -> ids(mimeo, "bounded.public.busy")
                    .contains(-1L));
            assertThat(ids(mimeo, "bounded.public.busy"))
                    .as("a boundary shorter than the longest transaction misses rows")
                    .hasSizeLessThan(written.size() + 1);
        }
    }

    private static Set<Object> ids(TaskRun run, String topic) {
        return new TreeSet<>(QueryMirror.field(run.of(topic), "id"));
    }

    private static Set<Object> written() throws SQLException {
        Set<Object> ids = new TreeSet<>();
        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT id FROM busy")) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
            }
        }
        return ids;
    }

    private static void write() throws InterruptedException {
        long end = System.nanoTime() + SECONDS * 1_000_000_000;
        List<Thread> writers = new ArrayList<>();
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < WRITERS; i++) {
            Random random = new Random(i);
            int writer = i;
            Thread thread = new Thread(() -> {
                try (Connection connection = postgres.connect();
                        Statement statement = connection.createStatement()) {
                    connection.setAutoCommit(false);
                    for (int round = 0; System.nanoTime() < end; round++) {
                        transaction(connection, statement, random, "w" + writer + "_" + round);
                    }
                } catch (SQLException | InterruptedException e) {
                    failures.add(e);
                }
            });
            thread.start();
            writers.add(thread);
        }
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(failures).isEmpty();
    }

    /** Takes its time and a value early, writes late, in savepoints, and is prepared or given up now and then. */
    private static void transaction(Connection connection, Statement statement, Random random, String name)
            throws SQLException, InterruptedException {
        statement.execute(random.nextBoolean() ? "SELECT now()" : "SELECT nextval('busy_id_seq')");
        Thread.sleep(random.nextInt(random.nextInt(20) == 0 ? 3000 : 50));
        for (int i = random.nextInt(5); i >= 0; i--) {
            statement.execute("SAVEPOINT s");
            statement.execute("INSERT INTO busy DEFAULT VALUES");
            statement.execute(random.nextInt(4) == 0 ? "ROLLBACK TO s" : "RELEASE s");
            Thread.sleep(random.nextInt(20));
        }
        switch (random.nextInt(10)) {
            case 0 -> connection.rollback();
            case 1 -> {
                statement.execute("PREPARE TRANSACTION '" + name + "'");
                connection.setAutoCommit(true);
                Thread.sleep(random.nextInt(1500));
                statement.execute("COMMIT PREPARED '" + name + "'");
                connection.setAutoCommit(false);
            }
            default -> connection.commit();
        }
    }
}
