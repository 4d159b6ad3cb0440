package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Headers;
import io.millrace.core.Manifest;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.ReplicatedPostgres;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** What the standby replays removes rows that the read still sees: it does not wait, and ends the read. */
    @Test
    void aReadThatIsEndedForTheReplayIsTakenUpAgain() {
        PostgresOptions impatient =
                OPTIONS.with("hot_standby_feedback", "off").with("max_standby_streaming_delay", "10ms");
        try (ReplicatedPostgres pair = ReplicatedPostgres.start(OPTIONS, impatient)) {
            pair.primary()
                    .execute(
                            "CREATE TABLE slow(id int PRIMARY KEY, v text)",
                            "INSERT INTO slow SELECT i, 'v' FROM generate_series(1, 3000) i",
                            "ANALYZE slow");
            Await.until("the table is there", () -> pair.standby()
                    .queryOne("SELECT count(*) FROM pg_class WHERE relname = 'slow' AND reltuples = 3000")
                    .equals("1"));
            Map<String, String> byId = QueryMirror.with(
                    config("cut", "slow", "watermark.column", "id", "watermark.boundary", "0"), config -> {
                        config.put(
                                "database.port", Integer.toString(pair.standby().port()));
                        config.put("row.filter", "pg_sleep(0.001) IS NOT NULL");
                    });
            try (TaskRun run = TaskRun.query(byId, new MemoryOffsets())) {
                endReads(pair, 1);
                run.await("every row", all -> Set.copyOf(QueryMirror.field(run.of("cut.public.slow"), "id"))
                        .equals(ids()));
                pair.primary().execute("INSERT INTO slow VALUES (4000, 'behind')");
                QueryMirror.awaitIds(run, "cut.public.slow", 4000);
                Set<Object> seen = new HashSet<>();
                // Of what comes twice nothing is of a range that was finished before.
                Set<Integer> repeated = new HashSet<>();
                for (Object id : QueryMirror.field(run.of("cut.public.slow"), "id")) {
                    if (!seen.add(id)) {
                        repeated.add(((int) id - 1) / 1000);
                    }
                }
                assertThat(repeated).as("ranges that the cut run had at hand").hasSizeLessThanOrEqualTo(2);
            }
            Map<String, String> whole = QueryMirror.with(byId, config -> {
                config.put("topic.prefix", "cutfull");
                config.put("mode", "full");
                config.put("change.detection", "none");
                config.remove("watermark.column");
                config.remove("watermark.boundary");
            });
            try (TaskRun run = TaskRun.query(whole, new MemoryOffsets())) {
                endReads(pair, 2);
                run.await(
                        "whole copies",
                        all -> QueryMirror.generations(run, "cutfull").size() > 1);
                for (Manifest ended : QueryMirror.generations(run, "cutfull")) {
                    List<Object> ids = QueryMirror.field(
                            run.of("cutfull.public.slow").stream()
                                    .filter(row -> ended.generation()
                                            .equals(row.headers()
                                                    .lastWithName(Headers.GENERATION)
                                                    .value()))
                                    .toList(),
                            "id");
                    assertThat(ids).as(ended.generation()).hasSize(3001).doesNotHaveDuplicates();
                }
            }
        }
    }

    /** Along blocks, and along the values of an index: what had gone out of a range is not read again. */
    @ParameterizedTest(name = "max.rows.per.refresh={0}")
    @ValueSource(strings = {"0", "100000"})
    void aReadThatIsEndedForTheReplayRepeatsNoRowThatHasNotChanged(String most) {
        PostgresOptions impatient =
                OPTIONS.with("hot_standby_feedback", "off").with("max_standby_streaming_delay", "10ms");
        try (ReplicatedPostgres pair = ReplicatedPostgres.start(OPTIONS, impatient)) {
            pair.primary()
                    .execute(
                            "CREATE TABLE slow(id int PRIMARY KEY, v text)",
                            "INSERT INTO slow SELECT i, 'v' FROM generate_series(1, 3000) i",
                            "CREATE TABLE other(v text)",
                            "INSERT INTO other VALUES ('v')",
                            "ANALYZE slow");
            Await.until("the table is there", () -> pair.standby()
                    .queryOne("SELECT count(*) FROM pg_class WHERE relname = 'slow' AND reltuples = 3000")
                    .equals("1"));
            Map<String, String> config = config("once", "slow", "watermark.column", "id", "watermark.boundary", "0");
            config.put("database.port", Integer.toString(pair.standby().port()));
            config.put("row.filter", "pg_sleep(0.001) IS NOT NULL");
            config.put("max.rows.per.refresh", most);
            config.put("max.batch.size", "50");
            try (TaskRun run = TaskRun.query(config, new MemoryOffsets())) {
                for (int cuts = 1; cuts <= 2; cuts++) {
                    // In the middle of ranges, some of whose rows have gone out.
                    run.take("once.public.slow", 400 * cuts);
                    endReads(pair, "other", cuts);
                }
                run.await("every row", all -> Set.copyOf(QueryMirror.field(run.of("once.public.slow"), "id"))
                        .equals(ids()));
                assertThat(QueryMirror.field(run.of("once.public.slow"), "id")).doesNotHaveDuplicates();
            }
        }
    }

    private static Set<Object> ids() {
        return IntStream.rangeClosed(1, 3000).boxed().collect(Collectors.toSet());
    }

    /** While rows are read, what they were before is vacuumed away. */
    private static void endReads(ReplicatedPostgres pair, int times) {
        endReads(pair, "slow", times);
    }

    /** While rows of the slow table are read, what rows of a table were before is vacuumed away. */
    private static void endReads(ReplicatedPostgres pair, String table, int times) {
        Await.until("rows are read", () -> !pair.standby()
                .queryOne("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COPY%slow%'"
                        + " AND pid <> pg_backend_pid()")
                .equals("0"));
        pair.primary().execute("UPDATE " + table + " SET v = v || '.'", "VACUUM " + table);
        Await.until(
                "a read was ended",
                () -> Integer.parseInt(pair.standby()
                                .queryOne("SELECT coalesce(sum(confl_snapshot), 0) FROM pg_stat_database_conflicts"))
                        >= times);
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
