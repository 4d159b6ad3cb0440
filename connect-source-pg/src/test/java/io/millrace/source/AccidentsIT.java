package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.PostgresServer;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What befalls a running mirror, and what its task's status then says. */
class AccidentsIT {
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
    void theSlotIsDropped() {
        try (TaskRun run = running(config("dropslot"))) {
            Mishap.dropSlot(postgres, "dropslot");
            assertThat(run.failure())
                    .contains("slot.name: slot \"dropslot\" does not exist any more", "delete the connector's offsets");
        }
    }

    @Test
    void theSlotIsMadeAgainByOthers() {
        Map<String, String> config = config("remade");
        MemoryOffsets offsets = new MemoryOffsets();
        running(config, offsets).close();
        Mishap.dropSlot(postgres, "remade");
        postgres.execute(
                "INSERT INTO remade.t VALUES (1, 'lost')",
                "SELECT pg_create_logical_replication_slot('remade', 'pgoutput')");
        try (TaskRun run = TaskRun.start(config, offsets)) {
            assertThat(run.failure())
                    .contains("slot \"remade\" is confirmed up to", "beyond the stored position", "made again");
        }
    }

    @Test
    void theServerIsOlderThanTheStoredPosition() {
        Map<String, String> config = config("restored");
        MemoryOffsets offsets = new MemoryOffsets();
        running(config, offsets).close();
        Map<String, Object> ahead = new HashMap<>(offsets.offset(Map.of("server", "restored")));
        ahead.computeIfPresent("lsn_commit", (key, lsn) -> ((Number) lsn).longValue() + (1L << 40));
        offsets.store(Map.of("server", "restored"), ahead);
        try (TaskRun run = TaskRun.start(config, offsets)) {
            assertThat(run.failure()).contains("the server's WAL ends at", "before the stored position", "backup");
        }
    }

    @Test
    void thePublicationIsDropped() {
        Map<String, String> config = config("droppub");
        try (TaskRun run = running(config)) {
            postgres.execute("DROP PUBLICATION droppub", "INSERT INTO droppub.t VALUES (1, 'unseen')");
            assertThat(run.failure())
                    .contains("publication.name", "droppub", "dropped", "delete the connector's offsets");
        }
    }

    @Test
    void aTableIsTakenOutOfThePublication() {
        Map<String, String> config = config("takeout");
        postgres.execute("CREATE TABLE takeout.u(id int4 PRIMARY KEY)");
        try (TaskRun run = running(config)) {
            postgres.execute("ALTER PUBLICATION takeout DROP TABLE takeout.t");
            assertThat(run.failure()).contains("publication.name", "takeout.t", "taken out", "restart the task");
        }
    }

    @Test
    void aTableIsDroppedAndTheOthersGoOn() {
        Map<String, String> config = config("droptab");
        postgres.execute("CREATE TABLE droptab.u(id int4 PRIMARY KEY)");
        try (TaskRun run = running(config)) {
            postgres.execute(
                    "INSERT INTO droptab.t VALUES (1, 'last')",
                    "DROP TABLE droptab.t",
                    "INSERT INTO droptab.u VALUES (1)");
            run.take("droptab.droptab.u", 1);
            assertThat(run.take("droptab.droptab.t", 2)).hasSize(2);
            int beats = run.of("__debezium-heartbeat.droptab").size();
            run.take("__debezium-heartbeat.droptab", beats + 6);
        }
    }

    @Test
    void aValueThatTheTypeCannotCarry() {
        Map<String, String> config = config("odd");
        config.put("decimal.handling.mode", "precise");
        postgres.execute("ALTER TABLE odd.t ADD n numeric(10,2)");
        try (TaskRun run = running(config)) {
            postgres.execute("INSERT INTO odd.t VALUES (1, 'x', 'NaN')");
            assertThat(run.failure()).contains("odd.t", "n", "numeric", "decimal.handling.mode");
        }
    }
}
