package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Roles with few rights: what they may read comes, and what they are not shown is never taken for absent. */
class QueryRightsIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        postgres.execute(
                "CREATE ROLE poor LOGIN PASSWORD 'poor'",
                "CREATE ROLE shown LOGIN PASSWORD 'shown'",
                "GRANT pg_read_all_stats TO shown",
                "CREATE ROLE hidden LOGIN PASSWORD 'hidden'",
                "ALTER ROLE hidden SET track_activities = off",
                "GRANT pg_read_all_data TO shown",
                "GRANT pg_write_all_data, pg_read_all_data TO hidden");
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Map<String, String> as(String role, String prefix, String... further) {
        Map<String, String> config = QueryMirror.config(postgres, prefix, further);
        config.put("database.user", role);
        config.put("database.password", role);
        return config;
    }

    @Test
    void columnsThatMayNotBeReadAreLeftOut() {
        postgres.execute(
                "CREATE TABLE partly(id bigserial PRIMARY KEY, v text, secret text)",
                "INSERT INTO partly(v, secret) VALUES ('a', 's'), ('b', 's')",
                "GRANT SELECT (id, v) ON partly TO poor");
        Map<String, String> config = as(
                "poor",
                "partly",
                "table",
                "public.partly",
                "watermark.column",
                "id",
                "watermark.boundary",
                "0",
                "column.exclude.list",
                "public\\.partly\\.secret");
        Map<String, String> whole = QueryMirror.with(config, all -> {
            all.put("topic.prefix", "partlyfull");
            all.put("mode", "full");
            all.put("change.detection", "hash");
            all.remove("watermark.column");
            all.remove("watermark.boundary");
        });
        assertThat(QueryMirror.errors(config)).isEmpty();
        assertThat(QueryMirror.errors(whole)).isEmpty();
        assertThat(QueryMirror.errors(QueryMirror.with(config, all -> all.remove("column.exclude.list"))))
                .containsOnlyKeys("table");
        assertThat(QueryMirror.errors(QueryMirror.with(config, all -> {
                    all.put("watermark.column", "xmin");
                    all.remove("watermark.boundary");
                })))
                .as("xmin is a column too")
                .containsOnlyKeys("table");
        assertThat(QueryMirror.errors(QueryMirror.with(
                        config, all -> all.put("column.exclude.list", "public\\.partly\\.(secret|id)"))))
                .containsOnlyKeys("column.exclude.list");
        try (TaskRun run = TaskRun.query(config, new MemoryOffsets());
                TaskRun full = TaskRun.query(whole, new MemoryOffsets())) {
            assertThat(TaskRun.after(run.take("partly.public.partly", 2).get(0))
                            .schema()
                            .fields())
                    .extracting(field -> field.name())
                    .containsExactly("id", "v");
            QueryMirror.awaitWhole(full, "partlyfull", "v", "a", "b");
            postgres.execute("INSERT INTO partly(v) VALUES ('c')");
            run.take("partly.public.partly", 3);
            QueryMirror.awaitWhole(full, "partlyfull", "v", "a", "b", "c");
        }
    }

    @Test
    void rowsAreLeftOutByAFilter() {
        postgres.execute(
                "CREATE TABLE wanted(id int PRIMARY KEY)",
                "INSERT INTO wanted SELECT generate_series(1, 4000, 2)",
                "CREATE TABLE filtered(id bigserial PRIMARY KEY, v text)",
                "INSERT INTO filtered(v) SELECT CASE WHEN i % 5 = 0 THEN 'no' ELSE 'yes' END FROM generate_series(1,"
                        + " 3000) i",
                "ANALYZE filtered");
        Map<String, String> byId = QueryMirror.config(
                postgres,
                "filtered",
                "table",
                "public.filtered",
                "watermark.column",
                "id",
                "row.filter",
                "v = 'yes' AND id IN (SELECT w.id FROM wanted w) -- and that is all");
        Map<String, String> byXmin = QueryMirror.with(byId, all -> {
            all.put("topic.prefix", "filteredxm");
            all.put("watermark.column", "xmin");
        });
        Map<String, String> whole = QueryMirror.with(byId, all -> {
            all.put("topic.prefix", "filteredfull");
            all.put("mode", "full");
            all.remove("watermark.column");
        });
        for (Map<String, String> config : java.util.List.of(byId, byXmin, whole)) {
            assertThat(QueryMirror.errors(config)).isEmpty();
        }
        try (TaskRun id = TaskRun.query(byId, new MemoryOffsets());
                TaskRun xmin = TaskRun.query(byXmin, new MemoryOffsets());
                TaskRun full = TaskRun.query(whole, new MemoryOffsets())) {
            id.take("filtered.public.filtered", 1200);
            xmin.take("filteredxm.public.filtered", 1200);
            full.await("a copy", all -> QueryMirror.whole(full, "filteredfull").size() == 1200);
            postgres.execute("INSERT INTO filtered(v) VALUES ('yes'), ('yes'), ('no')");
            for (String topic : java.util.List.of("filtered.public.filtered", "filteredxm.public.filtered")) {
                TaskRun run = topic.startsWith("filteredxm") ? xmin : id;
                QueryMirror.awaitIds(run, topic, 3001L);
                assertThat(QueryMirror.field(run.of(topic), "id"))
                        .doesNotContain(3002L, 3003L)
                        .allMatch(one -> (Long) one % 2 == 1 && (Long) one % 5 != 0);
            }
        }
    }

    @Test
    void aRightThatIsTakenAwayStopsTheMirrorBeforeItMissesRows() {
        postgres.execute("CREATE TABLE sighted(id bigserial PRIMARY KEY)", "INSERT INTO sighted DEFAULT VALUES");
        Map<String, String> config = as("shown", "sighted", "table", "public.sighted", "watermark.column", "id");
        assertThat(QueryMirror.errors(config)).isEmpty();
        try (TaskRun run = TaskRun.query(config, new MemoryOffsets())) {
            run.take("sighted.public.sighted", 1);
            postgres.execute("REVOKE pg_read_all_stats FROM shown");
            assertThat(run.failure()).contains("watermark.boundary").contains("pg_read_all_stats");
        } finally {
            postgres.execute("GRANT pg_read_all_stats TO shown");
        }
    }

    /** Its transactions have no beginning in pg_stat_activity, which is not the same as having none. */
    @Test
    void aSessionThatShowsNoTransactionsIsWaitedFor() throws SQLException {
        postgres.execute(
                "CREATE TABLE unseen(id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())",
                "INSERT INTO unseen VALUES (0)");
        Map<String, String> config =
                QueryMirror.config(postgres, "unseen", "table", "public.unseen", "watermark.column", "at");
        Map<String, String> bounded = as(
                "poor",
                "unseenbound",
                "table",
                "public.unseen",
                "watermark.column",
                "at",
                "watermark.boundary",
                "1500");
        postgres.execute("GRANT SELECT ON unseen TO poor");
        try (TaskRun run = TaskRun.query(config, new MemoryOffsets());
                TaskRun beyond = TaskRun.query(bounded, new MemoryOffsets())) {
            run.take("unseen.public.unseen", 1);
            try (Connection slow = DriverManager.getConnection(postgres.jdbcUrl(), "hidden", "hidden");
                    Statement statement = slow.createStatement()) {
                slow.setAutoCommit(false);
                statement.execute("SELECT now()");
                postgres.execute("INSERT INTO unseen VALUES (1)");
                // By then the other's mark, a second behind the clock, would have passed it too.
                beyond.take("unseenbound.public.unseen", 2);
                statement.execute("INSERT INTO unseen VALUES (2)");
                slow.commit();
            }
            postgres.execute("INSERT INTO unseen VALUES (3)");
            QueryMirror.awaitIds(run, "unseen.public.unseen", 0, 1, 2, 3);
            assertThat(run.of("unseen.public.unseen")).hasSize(4);
        }
    }
}
