package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Await;
import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server that stands still while its network answers, for longer than each of the time-outs. */
@Tag("extended")
class PausedServerIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start(PostgresOptions.defaults().with("wal_sender_timeout", "2s"));
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Map<String, String> config(String name) {
        Map<String, String> config = Mishap.config(postgres, name);
        config.put("database.query.timeout.ms", "1000");
        config.put("status.update.interval.ms", "500");
        return config;
    }

    private static String walsender(String slot) {
        return postgres.queryOne("SELECT active_pid FROM pg_replication_slots WHERE slot_name = '" + slot + "'");
    }

    @Test
    void aServerThatStandsStillIsTakenForLostAndFoundAgain() throws Exception {
        Map<String, String> config = config("frozen");
        // The server itself waits for ever: it is this end that notices.
        postgres.execute(
                "CREATE ROLE patient SUPERUSER LOGIN PASSWORD 'postgres'",
                "ALTER ROLE patient SET wal_sender_timeout = 0");
        config.put("database.user", "patient");
        try (TaskRun run = Mishap.running(postgres, config, new MemoryOffsets())) {
            String before = walsender("frozen");
            postgres.execute("INSERT INTO frozen.t SELECT i FROM generate_series(1, 1000) i");
            postgres.pause();
            try {
                // Past the time-outs of both ends, several times over.
                Thread.sleep(6000);
            } finally {
                postgres.resume();
            }
            postgres.execute("INSERT INTO frozen.t SELECT i FROM generate_series(1001, 2000) i");
            assertThat(run.take("frozen.frozen.t", 2001))
                    .extracting(row -> TaskRun.after(row).getInt32("id"))
                    .hasSize(2001)
                    .isSorted()
                    .doesNotHaveDuplicates();
            Await.until("the slot is read again", () -> !walsender("frozen").equals("null"));
            assertThat(walsender("frozen")).isNotEqualTo(before);
        }
    }

    @Test
    void aTaskBeginsWhileTheServerStandsStill() throws Exception {
        Map<String, String> config = config("asleep");
        MemoryOffsets offsets = new MemoryOffsets();
        Mishap.running(postgres, config, offsets).close();
        postgres.pause();
        TaskRun run;
        try {
            run = TaskRun.start(config, offsets);
            Thread.sleep(3000);
        } finally {
            postgres.resume();
        }
        try (run) {
            postgres.execute("INSERT INTO asleep.t VALUES (1, 'awake')");
            assertThat(run.take("asleep.asleep.t", 1)).hasSize(1);
        }
    }

    @Test
    void anIdleStreamOutlivesTheServersTimeout() throws Exception {
        Map<String, String> config = config("idle");
        try (TaskRun run = Mishap.running(postgres, config, new MemoryOffsets())) {
            String before = walsender("idle");
            Thread.sleep(5000);
            assertThat(walsender("idle")).isEqualTo(before);
            postgres.execute("INSERT INTO idle.t VALUES (1, 'still there')");
            run.take("idle.idle.t", 2);
            assertThat(walsender("idle")).isEqualTo(before);
        }
    }
}
