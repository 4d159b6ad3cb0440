package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How the slot is made and given up. */
class SlotLifeIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        // Slots are synchronised from 17 on.
        postgres = PostgresServer.start(PostgresOptions.atLeast(17));
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Map<String, String> config(String name) {
        postgres.execute("CREATE SCHEMA " + name, "CREATE TABLE " + name + ".t(id int4 PRIMARY KEY)");
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put("snapshot.mode", "no_data");
        return config;
    }

    private static String slots(String condition) {
        return postgres.queryOne("SELECT count(*)::text FROM pg_replication_slots WHERE " + condition);
    }

    @Test
    void forFailoverFromTheBeginningOrLater() {
        Map<String, String> config = config("failing");
        config.put("slot.failover", "true");
        try (TaskRun run = TaskRun.start(config)) {
            run.take("__millrace-control.failing", 1);
            assertThat(slots("slot_name = 'failing' AND failover")).isEqualTo("1");
        }
        Map<String, String> later = config("later");
        MemoryOffsets offsets = new MemoryOffsets();
        try (TaskRun run = TaskRun.start(later, offsets)) {
            run.take("__millrace-control.later", 1);
            assertThat(slots("slot_name = 'later' AND NOT failover")).isEqualTo("1");
        }
        later.put("slot.failover", "true");
        try (TaskRun run = TaskRun.start(later, offsets)) {
            run.take("__debezium-heartbeat.later", 1);
            assertThat(slots("slot_name = 'later' AND failover")).isEqualTo("1");
        }
    }

    @Test
    void droppedOnStopWhenAskedTo() {
        Map<String, String> config = config("dropped");
        config.put("slot.drop.on.stop", "true");
        MemoryOffsets offsets = new MemoryOffsets();
        try (TaskRun run = TaskRun.start(config, offsets)) {
            run.take("__debezium-heartbeat.dropped", 1);
            assertThat(slots("slot_name = 'dropped'")).isEqualTo("1");
        }
        assertThat(slots("slot_name = 'dropped'")).isEqualTo("0");
        try (TaskRun run = TaskRun.start(config, offsets)) {
            assertThat(run.failure())
                    .contains(
                            "slot \"dropped\" does not exist any more",
                            "slot.drop.on.stop",
                            "delete the connector's offsets");
        }
    }
}
