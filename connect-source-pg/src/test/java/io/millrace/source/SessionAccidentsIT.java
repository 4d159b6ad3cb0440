package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Await;
import io.millrace.testing.FaultyProxy;
import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** What befalls the sessions of a running mirror and the server behind them. */
@Tag("extended")
class SessionAccidentsIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Map<String, String> config(String name) {
        return Mishap.config(postgres, name);
    }

    private static TaskRun running(Map<String, String> config, MemoryOffsets offsets) {
        return Mishap.running(postgres, config, offsets);
    }

    private static TaskRun running(Map<String, String> config) {
        return running(config, new MemoryOffsets());
    }

    @Test
    void theSlotIsTakenByAnotherProcess() throws Exception {
        Map<String, String> config = config("taken");
        MemoryOffsets offsets = new MemoryOffsets();
        running(config, offsets).close();
        Await.until("the slot is free", () -> postgres.queryOne(
                        "SELECT active::text FROM pg_replication_slots WHERE slot_name = 'taken'")
                .equals("false"));
        Properties properties = new Properties();
        properties.put("user", postgres.user());
        properties.put("password", postgres.password());
        properties.put("replication", "database");
        properties.put("preferQueryMode", "simple");
        properties.put("assumeMinServerVersion", "14");
        try (Connection other = DriverManager.getConnection(postgres.jdbcUrl(), properties);
                var stream = other.unwrap(PGConnection.class)
                        .getReplicationAPI()
                        .replicationStream()
                        .logical()
                        .withSlotName("taken")
                        .withSlotOption("proto_version", 1)
                        .withSlotOption("publication_names", "taken")
                        .start();
                TaskRun run = TaskRun.start(config, offsets)) {
            assertThat(run.failure())
                    .contains("slot.name: one slot serves one connector", "taken")
                    .contains("is active for PID");
            assertThat(stream.isClosed()).isFalse();
        }
    }

    @Test
    void theRightToReplicateIsTakenAway() {
        Map<String, String> config = config("norepl");
        postgres.execute(
                "CREATE ROLE norepl LOGIN REPLICATION PASSWORD 'postgres'",
                "ALTER SCHEMA norepl OWNER TO norepl",
                "ALTER TABLE norepl.t OWNER TO norepl",
                "GRANT CREATE ON DATABASE " + postgres.database() + " TO norepl");
        config.put("database.user", "norepl");
        try (TaskRun run = running(config)) {
            postgres.execute("ALTER ROLE norepl NOREPLICATION");
            Mishap.cutWalsender(postgres, "norepl");
            assertThat(run.failure()).contains("the role lacks a privilege", "norepl@");
        }
    }

    @Test
    void theRightToReadIsTakenAwayWhenAValueHasToBeReadAgain() {
        Map<String, String> config = config("noread");
        postgres.execute(
                "ALTER TABLE noread.t ALTER v SET STORAGE EXTERNAL",
                "CREATE ROLE noread LOGIN REPLICATION PASSWORD 'postgres'",
                "GRANT USAGE ON SCHEMA noread TO noread",
                "GRANT SELECT ON noread.t TO noread",
                "CREATE PUBLICATION noread FOR TABLE noread.t");
        config.put("database.user", "noread");
        try (TaskRun run = running(config)) {
            postgres.execute(
                    "REVOKE SELECT ON noread.t FROM noread",
                    "INSERT INTO noread.t VALUES (1, repeat('x', 9000))",
                    "UPDATE noread.t SET id = 2 WHERE id = 1");
            assertThat(run.failure()).contains("the role lacks a privilege", "permission denied for table t");
        }
    }

    @Test
    void theNetworkStalls() throws Exception {
        Map<String, String> config = config("paused");
        try (FaultyProxy proxy = new FaultyProxy(postgres)) {
            config.put("database.hostname", proxy.host());
            config.put("database.port", Integer.toString(proxy.port()));
            try (TaskRun run = running(config)) {
                proxy.stall();
                postgres.execute("INSERT INTO paused.t SELECT i FROM generate_series(1, 1000) i");
                // Longer than the heartbeats and the pauses between attempts.
                Thread.sleep(2000);
                proxy.resume();
                List<SourceRecord> rows = run.take("paused.paused.t", 1001);
                assertThat(rows)
                        .extracting(row -> TaskRun.after(row).getInt32("id"))
                        .doesNotHaveDuplicates()
                        .hasSize(1001);
            }
        }
    }

    @Test
    void theServerRestarts() {
        Map<String, String> config = config("restarted");
        try (TaskRun run = running(config)) {
            for (int i = 1; i <= 5; i++) {
                postgres.execute("INSERT INTO restarted.t SELECT g FROM generate_series(" + (i * 100) + ", "
                        + (i * 100 + 99) + ") g");
                postgres.restart();
            }
            List<SourceRecord> rows = run.take("restarted.restarted.t", 501);
            assertThat(rows)
                    .extracting(row -> TaskRun.after(row).getInt32("id"))
                    .hasSize(501)
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void theServerInvalidatesTheSlot() {
        try (PostgresServer strict =
                PostgresServer.start(PostgresOptions.defaults().with("max_slot_wal_keep_size", "1MB"))) {
            Map<String, String> config = Mishap.config(strict, "invalid");
            MemoryOffsets offsets = new MemoryOffsets();
            Mishap.running(strict, config, offsets).close();
            for (int i = 1; i <= 4; i++) {
                strict.execute(
                        "INSERT INTO invalid.t SELECT g, repeat('x', 1000) FROM generate_series(" + (i * 10_000) + ", "
                                + (i * 10_000 + 5000) + ") g",
                        "SELECT pg_switch_wal()",
                        "CHECKPOINT");
            }
            try (TaskRun run = TaskRun.start(config, offsets)) {
                assertThat(run.failure())
                        .contains(
                                "slot.name: slot \"invalid\" has been invalidated",
                                "wal_removed",
                                "max_slot_wal_keep_size",
                                "delete the connector's offsets");
            }
        }
    }
}
