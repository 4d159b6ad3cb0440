package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Await;
import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.ReplicatedPostgres;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Mirrors of every kind from a standby, where nothing at all can be written. */
@Tag("extended")
class QueryStandbyIT {
    private static final PostgresOptions OPTIONS = PostgresOptions.atLeast(15);
    private static ReplicatedPostgres servers;
    private static PostgresServer primary;
    private static PostgresServer standby;

    @BeforeAll
    static void start() {
        servers = ReplicatedPostgres.start(OPTIONS, OPTIONS);
        primary = servers.primary();
        standby = servers.standby();
    }

    @AfterAll
    static void stop() {
        servers.close();
    }

    private static void make(String table) {
        primary.execute(
                "CREATE TABLE " + table + "(id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), v text)",
                "CREATE INDEX ON " + table + "(at)",
                "INSERT INTO " + table + "(v) SELECT 'a' FROM generate_series(1, 3000)",
                "ANALYZE " + table);
        replayed();
    }

    private static void replayed() {
        String written = primary.queryOne("SELECT pg_current_wal_lsn()::text");
        Await.until("the standby has replayed " + written, () -> standby.queryOne(
                        "SELECT (pg_last_wal_replay_lsn() >= '" + written + "'::pg_lsn)::text")
                .equals("true"));
    }

    private static Map<String, String> config(String prefix, String table, String... further) {
        Map<String, String> config = QueryMirror.config(standby, prefix, further);
        config.put("table", "public." + table);
        config.put("rows.per.partition", "1000");
        config.put("snapshot.max.parallel.workers", "2");
        return config;
    }

    @Test
    void aBoundaryIsMandatoryAndXminNeedsNone() {
        make("asked");
        Map<String, String> byId = config("asked", "asked", "watermark.column", "id");
        assertThat(QueryMirror.errors(byId)).containsOnlyKeys("watermark.boundary");
        assertThat(QueryMirror.errors(QueryMirror.with(byId, all -> all.put("watermark.boundary", "0"))))
                .isEmpty();
        assertThat(QueryMirror.errors(config("asked", "asked", "watermark.column", "xmin")))
                .isEmpty();
        assertThat(QueryMirror.errors(config("asked", "asked", "mode", "full"))).isEmpty();
        try (TaskRun run = TaskRun.query(byId, new MemoryOffsets())) {
            assertThat(run.failure()).contains("watermark.boundary", "a standby");
        }
    }

    @Test
    void whatIsReplayedComesByEveryKindOfMirror() {
        make("replayed");
        Map<String, String> byId = config("sid", "replayed", "watermark.column", "id", "watermark.boundary", "0");
        Map<String, String> byTime = config("sat", "replayed", "watermark.column", "at", "watermark.boundary", "0");
        Map<String, String> byXmin = config("sxm", "replayed", "watermark.column", "xmin");
        Map<String, String> whole = config("sfull", "replayed", "mode", "full", "change.detection", "hash");
        try (TaskRun id = TaskRun.query(byId, new MemoryOffsets());
                TaskRun at = TaskRun.query(byTime, new MemoryOffsets());
                TaskRun xmin = TaskRun.query(byXmin, new MemoryOffsets());
                TaskRun full = TaskRun.query(whole, new MemoryOffsets())) {
            id.take("sid.public.replayed", 3000);
            xmin.take("sxm.public.replayed", 3000);
            full.await("a whole copy", all -> QueryMirror.whole(full, "sfull").size() == 3000);
            primary.execute(
                    "UPDATE replayed SET v = 'b', at = now() WHERE id = 7",
                    "INSERT INTO replayed(v) VALUES ('new')",
                    "DELETE FROM replayed WHERE id = 8");
            QueryMirror.awaitIds(id, "sid.public.replayed", 3001L);
            QueryMirror.awaitIds(xmin, "sxm.public.replayed", 3001L);
            xmin.await("the update", all -> QueryMirror.field(xmin.of("sxm.public.replayed"), "v")
                    .contains("b"));
            full.await("the whole copy after", all -> {
                var ids = QueryMirror.field(QueryMirror.whole(full, "sfull"), "id");
                return ids.size() == 3000 && ids.contains(3001L) && !ids.contains(8L);
            });
            // A standby knows the time by what it replays: the newest row comes with the next commit.
            Await.until("the rows by time", () -> {
                primary.execute("SELECT pg_current_xact_id()");
                var rows = at.of("sat.public.replayed");
                return QueryMirror.field(rows, "v").contains("b")
                        && QueryMirror.field(rows, "id").contains(3001L);
            });
            assertThat(id.of("sid.public.replayed")).hasSize(3001);
        }
    }

    @Test
    void twoConnectorsOnOneMirrorAreSeenThereToo() {
        make("taken");
        Map<String, String> config = config("taken", "taken", "watermark.column", "xmin");
        try (TaskRun first = TaskRun.query(config, new MemoryOffsets())) {
            first.take("taken.public.taken", 3000);
            try (TaskRun second = TaskRun.query(config, new MemoryOffsets())) {
                Await.until("the second one asks", () -> !standby.queryOne(
                                "SELECT count(*)::text FROM pg_stat_activity WHERE application_name = 'millrace query"
                                        + " taken' AND query LIKE '%pg_locks%'")
                        .equals("0"));
                assertThat(second.of("taken.public.taken")).isEmpty();
                first.close();
                second.take("taken.public.taken", 3000);
            }
        }
    }

    /** The mark is kept through the change of roles: ids and times go on. */
    @Test
    void aStandbyThatIsPromotedGoesOnAsASource() {
        try (ReplicatedPostgres pair = ReplicatedPostgres.start(OPTIONS, OPTIONS)) {
            pair.primary()
                    .execute(
                            "CREATE TABLE moved(id bigserial PRIMARY KEY)",
                            "INSERT INTO moved SELECT FROM generate_series(1, 100)");
            Await.until("the table is there", () -> pair.standby()
                    .queryOne("SELECT count(*) FROM pg_class WHERE relname = 'moved'")
                    .equals("1"));
            Map<String, String> config = QueryMirror.config(
                    pair.standby(),
                    "moved",
                    "table",
                    "public.moved",
                    "watermark.column",
                    "id",
                    "watermark.boundary",
                    "0");
            try (TaskRun run = TaskRun.query(config, new MemoryOffsets())) {
                run.take("moved.public.moved", 100);
                pair.promote();
                pair.standby().execute("INSERT INTO moved VALUES (1001)", "INSERT INTO moved VALUES (1002)");
                run.take("moved.public.moved", 102);
            }
        }
    }
}
