package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.time.zone.ZoneRulesProvider;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Local times as a watermark, on a server whose clock is put forward and, soon after, back. Its zone is made for the test:
 * ten seconds of summer, given to Postgres as a rule and to Java as the zone of that name.
 */
@Tag("extended")
class QueryClockIT {
    private static final ZoneOffset WINTER = ZoneOffset.ofHours(1);
    private static final ZoneOffset SUMMER = ZoneOffset.ofTotalSeconds(3610);
    private static Instant forward = Instant.EPOCH;
    private static Instant back = Instant.EPOCH;

    private static PostgresServer postgres;

    /** Knows the zone. */
    private static final class Provider extends ZoneRulesProvider {
        private final ZoneRules rules = ZoneRules.of(
                WINTER,
                WINTER,
                List.of(),
                List.of(
                        ZoneOffsetTransition.of(LocalDateTime.ofInstant(forward, WINTER), WINTER, SUMMER),
                        ZoneOffsetTransition.of(LocalDateTime.ofInstant(back, SUMMER), SUMMER, WINTER)),
                List.of());

        @Override
        protected Set<String> provideZoneIds() {
            return Set.of("Millrace/Summer");
        }

        @Override
        protected ZoneRules provideRules(String zoneId, boolean forCaching) {
            return rules;
        }

        @Override
        protected NavigableMap<String, ZoneRules> provideVersions(String zoneId) {
            return new TreeMap<>(Map.of("1", rules));
        }
    }

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        forward = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 5);
        back = forward.plusSeconds(12);
        ZoneRulesProvider.registerProvider(new Provider());
    }

    /** The zone as Postgres takes it. */
    private static String zone() {
        return "<W>-1<S>-1:00:10," + rule(forward, WINTER) + "," + rule(back, SUMMER);
    }

    /** A day of the year, counted from 0, and the time on the clock that is about to be changed. */
    private static String rule(Instant at, ZoneOffset before) {
        LocalDateTime local = LocalDateTime.ofInstant(at, before);
        return (local.getDayOfYear() - 1) + "/" + local.getHour() + ":" + local.getMinute() + ":" + local.getSecond();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void neitherChangeOfTheClockLosesOrRepeatsRows() throws SQLException, InterruptedException {
        postgres.execute("CREATE TABLE wall(id int PRIMARY KEY, at timestamp NOT NULL DEFAULT localtimestamp)");
        Map<String, String> config = QueryMirror.config(
                postgres,
                "wall",
                "table",
                "public.wall",
                "watermark.column",
                "at",
                "watermark.timezone",
                "Millrace/Summer",
                "watermark.late.rows",
                "ignore");
        Map<String, String> wrong = QueryMirror.with(config, all -> {
            all.put("topic.prefix", "fixed");
            all.put("watermark.timezone", "+01:00:10");
        });
        int rows = 0;
        try (TaskRun run = TaskRun.query(config, new MemoryOffsets());
                TaskRun fixed = TaskRun.query(wrong, new MemoryOffsets());
                Connection writer = postgres.connect();
                Statement statement = writer.createStatement()) {
            statement.execute("SET TimeZone = '" + zone() + "'");
            // A row every 20 ms, until the hour that comes twice is over.
            for (Instant end = back.plusSeconds(12); Instant.now().isBefore(end); Thread.sleep(20)) {
                statement.execute("INSERT INTO wall(id) VALUES (" + rows++ + ")");
            }
            assertThat(run.take("wall.public.wall", rows)).hasSize(rows);
            assertThat(QueryMirror.field(run.of("wall.public.wall"), "id")).doesNotHaveDuplicates();
            assertThat(postgres.queryOne(
                            "SELECT (max(at - before) > interval '10 s')::text FROM (SELECT at, lag(at) OVER"
                                    + " (ORDER BY id) AS before FROM wall) AS w"))
                    .as("the clock was put forward")
                    .isEqualTo("true");
            assertThat(postgres.queryOne(
                            "SELECT (count(*) > 100)::text FROM wall a WHERE EXISTS (SELECT FROM wall b WHERE"
                                    + " b.id > a.id AND b.at < a.at)"))
                    .as("rows that came before one of the past")
                    .isEqualTo("true");
            // Its mark is ahead of the clock now: a row that is too comes, and what was below it never will.
            statement.execute("INSERT INTO wall VALUES (-1, localtimestamp + interval '12 s')");
            QueryMirror.awaitIds(fixed, "fixed.public.wall", -1);
            assertThat(fixed.of("fixed.public.wall"))
                    .as("what is missed by whoever takes no heed of the zone")
                    .hasSizeLessThan(rows);
        }
    }
}
