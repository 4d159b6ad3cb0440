package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.PostgresServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Relations whose rows come from another server or a refresh: no transaction of this server tells what is to come. */
class QueryElsewhereIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        postgres.createDatabase("far");
        postgres.executeIn(
                "far",
                "CREATE TABLE public.origin(id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), v text)",
                "INSERT INTO origin(v) SELECT 'a' FROM generate_series(1, 500)");
        postgres.execute(
                "CREATE EXTENSION postgres_fdw",
                "CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '" + postgres.host() + "', port '"
                        + postgres.port() + "', dbname 'far')",
                "CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user '" + postgres.user() + "', password '"
                        + postgres.password() + "')",
                "CREATE FOREIGN TABLE origin(id int8 NOT NULL, at timestamptz NOT NULL, v text) SERVER far",
                "CREATE VIEW through AS SELECT * FROM origin WHERE v IS NOT NULL",
                "CREATE VIEW twice AS SELECT * FROM through",
                "CREATE TABLE parts(id int8 NOT NULL, at timestamptz NOT NULL, v text) PARTITION BY RANGE (id)",
                "CREATE TABLE near PARTITION OF parts FOR VALUES FROM (100000) TO (200000)",
                "CREATE FOREIGN TABLE away PARTITION OF parts FOR VALUES FROM (0) TO (100000) SERVER far OPTIONS"
                        + " (table_name 'origin')",
                "CREATE TABLE plain(id bigserial PRIMARY KEY, v text)",
                "INSERT INTO plain(v) VALUES ('a'), ('b')",
                "CREATE MATERIALIZED VIEW kept AS SELECT * FROM plain",
                "CREATE VIEW ofplain AS SELECT * FROM plain");
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Map<String, String> config(String prefix, String table, String... further) {
        Map<String, String> config = QueryMirror.config(postgres, prefix, further);
        config.put("table", "public." + table);
        return config;
    }

    @Test
    void aWatermarkThereNeedsABoundary() {
        for (String table : List.of("origin", "through", "twice", "parts", "kept")) {
            Map<String, String> config = config("asked", table, "watermark.column", "id");
            assertThat(QueryMirror.errors(config)).as(table).containsKey("watermark.boundary");
            config.put("watermark.boundary", "0");
            assertThat(QueryMirror.errors(config)).as(table).isEmpty();
        }
        assertThat(QueryMirror.errors(config("asked", "ofplain", "watermark.column", "id")))
                .isEmpty();
        assertThat(QueryMirror.errors(config("asked", "origin", "watermark.column", "xmin")))
                .containsKey("watermark.column");
    }

    @Test
    void foreignRowsComeBetweenWatermarksAndWhole() {
        Map<String, String> byId = config(
                "fid", "origin", "watermark.column", "id", "watermark.boundary", "0", "rows.per.partition", "100");
        Map<String, String> byTime = config("fat", "twice", "watermark.column", "at", "watermark.boundary", "500");
        Map<String, String> whole = config("ffull", "origin", "mode", "full", "change.detection", "hash");
        Map<String, String> partitioned = config("fparts", "parts", "mode", "full", "change.detection", "hash");
        try (TaskRun id = TaskRun.query(byId, new MemoryOffsets());
                TaskRun at = TaskRun.query(byTime, new MemoryOffsets());
                TaskRun full = TaskRun.query(whole, new MemoryOffsets());
                TaskRun parts = TaskRun.query(partitioned, new MemoryOffsets())) {
            id.take("fid.public.origin", 500);
            at.take("fat.public.twice", 500);
            full.await("a copy", all -> QueryMirror.whole(full, "ffull").size() == 500);
            parts.await("a copy", all -> QueryMirror.whole(parts, "fparts").size() == 500);
            int copies = QueryMirror.generations(full, "ffull").size();
            assertThat(copies).as("unchanged by its hash").isEqualTo(1);
            postgres.executeIn("far", "INSERT INTO origin(v) VALUES ('new')", "DELETE FROM origin WHERE id = 3");
            postgres.execute("INSERT INTO near VALUES (100001, now(), 'near')");
            QueryMirror.awaitIds(id, "fid.public.origin", 501L);
            QueryMirror.awaitIds(at, "fat.public.twice", 501L);
            full.await("the next copy", all -> {
                List<Object> ids = QueryMirror.field(QueryMirror.whole(full, "ffull"), "id");
                return ids.size() == 500 && ids.contains(501L) && !ids.contains(3L);
            });
            parts.await("both partitions", all -> {
                List<Object> ids = QueryMirror.field(QueryMirror.whole(parts, "fparts"), "id");
                return ids.size() == 501 && ids.contains(501L) && ids.contains(100001L);
            });
        }
    }

    @Test
    void aMaterialisedViewIsCopiedWhenItIsRefreshed() {
        Map<String, String> whole = config("mfull", "kept", "mode", "full");
        try (TaskRun run = TaskRun.query(whole, new MemoryOffsets())) {
            QueryMirror.awaitWhole(run, "mfull", "v", "a", "b");
            postgres.execute("INSERT INTO plain(v) VALUES ('c')", "REFRESH MATERIALIZED VIEW kept");
            QueryMirror.awaitWhole(run, "mfull", "v", "a", "b", "c");
            postgres.execute(
                    "CREATE UNIQUE INDEX ON kept(id)",
                    "DELETE FROM plain WHERE v = 'c'",
                    "REFRESH MATERIALIZED VIEW CONCURRENTLY kept");
            QueryMirror.awaitWhole(run, "mfull", "v", "a", "b");
        }
    }
}
