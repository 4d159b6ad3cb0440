package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A quiet mirror beside a busy database of the same server does not hold back its WAL. */
class IdleIT {
    @Test
    void theSlotMovesThoughNothingCapturedChanges() {
        try (PostgresServer postgres = PostgresServer.start()) {
            postgres.execute(
                    "CREATE SCHEMA idle", "CREATE TABLE idle.t(id int4 PRIMARY KEY)", "CREATE TABLE other(id int4)");
            postgres.createDatabase("busy");
            postgres.executeIn("busy", "CREATE TABLE b(filler text)");
            Map<String, String> config = CdcMirror.config(postgres, "idle");
            config.put("snapshot.mode", "no_data");
            config.put("heartbeat.interval.ms", "100");
            try (TaskRun run = TaskRun.start(config)) {
                run.take("__debezium-heartbeat.idle", 1);
                postgres.executeIn("busy", "INSERT INTO b SELECT repeat('x', 500) FROM generate_series(1, 20000)");
                passes(postgres);
                // And beside changes in the same database that the publication does not have.
                postgres.execute("INSERT INTO other SELECT generate_series(1, 100000)");
                passes(postgres);
                assertThat(run.of("idle.idle.t")).isEmpty();
            }
        }
    }

    private static void passes(PostgresServer postgres) {
        String lsn = postgres.queryOne("SELECT pg_current_wal_lsn()::text");
        Await.until("the slot is confirmed beyond " + lsn, () -> postgres.queryOne("SELECT (confirmed_flush_lsn >= '"
                        + lsn + "'::pg_lsn AND restart_lsn > '0/0')::text FROM pg_replication_slots")
                .equals("true"));
    }
}
