package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When a whole table is taken for unchanged: never where it is not, whatever the server's counters say. */
@Tag("extended")
class QueryUnchangedIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Map<String, String> config(String table, String... further) {
        Map<String, String> config = QueryMirror.config(postgres, table, further);
        config.put("table", "public." + table);
        config.put("mode", "full");
        return config;
    }

    private static void copied(Map<String, String> config, MemoryOffsets offsets, Object... values) {
        String prefix = String.valueOf(config.get("topic.prefix"));
        try (TaskRun run = TaskRun.query(config, offsets)) {
            QueryMirror.awaitWhole(run, prefix, "v", values);
            run.await("its end is stored", all -> String.valueOf(
                            offsets.offset(QueryKindsIT.partition(prefix, "public." + prefix)))
                    .contains("fingerprint"));
        }
    }

    /** After a crash all counters are 0: also those that were never told what was committed just before. */
    @Test
    void aCrashForgetsWhatWasCounted() {
        postgres.execute("CREATE TABLE crashed(id int PRIMARY KEY, v text)", "INSERT INTO crashed VALUES (1, 'a')");
        postgres.execute("CHECKPOINT");
        postgres.kill();
        postgres.restart();
        MemoryOffsets offsets = new MemoryOffsets();
        copied(config("crashed"), offsets, "a");
        postgres.execute("INSERT INTO crashed VALUES (2, 'b')", "CHECKPOINT");
        postgres.kill();
        postgres.restart();
        assertThat(postgres.queryOne("SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'crashed'"))
                .isEqualTo("0");
        copied(config("crashed"), offsets, "a", "b");
    }

    /** As many rows as before, counted from 0 again. */
    @Test
    void countersThatBeginAnewProveNothing() {
        postgres.execute("CREATE TABLE zeroed(id int PRIMARY KEY, v text)", "INSERT INTO zeroed VALUES (1, 'a')");
        MemoryOffsets offsets = new MemoryOffsets();
        awaitCounted("zeroed", 1);
        copied(config("zeroed"), offsets, "a");
        postgres.execute("SELECT pg_stat_reset()", "INSERT INTO zeroed VALUES (2, 'b')");
        awaitCounted("zeroed", 1);
        copied(config("zeroed"), offsets, "a", "b");
    }

    private static void awaitCounted(String table, int rows) {
        io.millrace.testing.Await.until("the rows are counted", () -> postgres.queryOne(
                        "SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = '" + table + "'")
                .equals(String.valueOf(rows)));
    }

    /** Two commits in a row, of which the second is not counted yet, and then nothing more from this session. */
    @Test
    void whatASessionHasNotToldYetIsSeenAllTheSame() throws SQLException {
        postgres.execute("CREATE TABLE idling(id int PRIMARY KEY, v text)", "INSERT INTO idling VALUES (1, 'a')");
        try (TaskRun run = TaskRun.query(config("idling"), new MemoryOffsets());
                Connection writer = postgres.connect();
                Statement statement = writer.createStatement()) {
            QueryMirror.awaitWhole(run, "idling", "v", "a");
            statement.execute("UPDATE idling SET v = 'b'");
            statement.execute("UPDATE idling SET v = 'c'");
            QueryMirror.awaitWhole(run, "idling", "v", "c");
        }
    }

    @Test
    void partitionsCountTogetherAndSoDoTheyComeAndGo() {
        postgres.execute(
                "CREATE TABLE parted(id int PRIMARY KEY, v text) PARTITION BY RANGE (id)",
                "CREATE TABLE parted1 PARTITION OF parted FOR VALUES FROM (0) TO (100)",
                "CREATE TABLE parted2 PARTITION OF parted FOR VALUES FROM (100) TO (200)",
                "INSERT INTO parted VALUES (1, 'a'), (101, 'b')");
        try (TaskRun run = TaskRun.query(config("parted"), new MemoryOffsets())) {
            QueryMirror.awaitWhole(run, "parted", "v", "a", "b");
            postgres.execute("UPDATE parted SET v = 'c' WHERE id = 101");
            QueryMirror.awaitWhole(run, "parted", "v", "a", "c");
            postgres.execute("ALTER TABLE parted DETACH PARTITION parted1");
            QueryMirror.awaitWhole(run, "parted", "v", "c");
            postgres.execute(
                    "CREATE TABLE parted3(id int PRIMARY KEY, v text)",
                    "INSERT INTO parted3 VALUES (201, 'd')",
                    "ALTER TABLE parted ATTACH PARTITION parted3 FOR VALUES FROM (200) TO (300)");
            QueryMirror.awaitWhole(run, "parted", "v", "c", "d");
            postgres.execute("TRUNCATE parted2");
            QueryMirror.awaitWhole(run, "parted", "v", "d");
            postgres.execute("UPDATE parted SET id = 102 WHERE id = 201");
            run.await("a row that went over", all -> QueryMirror.field(QueryMirror.whole(run, "parted"), "id")
                    .equals(java.util.List.of(102)));
        }
    }

    @Test
    void otherColumnsOrValuesAreAChangeThoughNoRowIs() {
        postgres.execute(
                "CREATE TABLE shaped(id int PRIMARY KEY, v text, n numeric(5,2))",
                "INSERT INTO shaped VALUES (1, 'a', 1.5)");
        MemoryOffsets offsets = new MemoryOffsets();
        Map<String, String> config = config("shaped", "column.exclude.list", "public\\.shaped\\.n");
        copied(config, offsets, "a");
        config.remove("column.exclude.list");
        try (TaskRun run = TaskRun.query(config, offsets)) {
            run.await("the column", all -> QueryMirror.whole(run, "shaped").stream()
                    .anyMatch(row -> TaskRun.after(row).schema().field("n") != null));
        }
        config.put("decimal.handling.mode", "string");
        try (TaskRun run = TaskRun.query(config, offsets)) {
            run.await("its other form", all -> QueryMirror.whole(run, "shaped").stream()
                    .anyMatch(row -> "1.50".equals(TaskRun.after(row).get("n"))));
        }
    }

    @Test
    void whatIsNotCountedAtAllIsCopiedEachTime() {
        postgres.execute(
                "CREATE ROLE uncounted",
                "ALTER ROLE uncounted SET track_counts = off",
                "CREATE TABLE blind(id int PRIMARY KEY, v text)",
                "INSERT INTO blind VALUES (1, 'a')");
        try (TaskRun run = TaskRun.query(config("blind"), new MemoryOffsets())) {
            run.await(
                    "three copies", all -> QueryMirror.generations(run, "blind").size() >= 3);
        } finally {
            postgres.execute("DROP ROLE uncounted");
        }
    }

    @Test
    void countersAreNotBelievedForEver() {
        postgres.execute("CREATE TABLE doubted(id int PRIMARY KEY, v text)", "INSERT INTO doubted VALUES (1, 'a')");
        Map<String, String> config = config("doubted", "change.detection.trust.ms", "300");
        try (TaskRun run = TaskRun.query(config, new MemoryOffsets())) {
            run.await(
                    "three copies",
                    all -> QueryMirror.generations(run, "doubted").size() >= 3);
        }
    }
}
