package io.millrace.source;

import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.util.Map;

/** Mirrors to which something is going to happen, and what happens to them. */
final class Mishap {
    private Mishap() {}

    /** A mirror of the table t in a schema of its own, quick to try again. */
    static Map<String, String> config(PostgresServer postgres, String name) {
        postgres.execute("CREATE SCHEMA " + name, "CREATE TABLE " + name + ".t(id int4 PRIMARY KEY, v text)");
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put("snapshot.mode", "no_data");
        config.put("retriable.restart.connector.wait.ms", "100");
        return config;
    }

    /** Streaming, one row behind it. */
    static TaskRun running(PostgresServer postgres, Map<String, String> config, MemoryOffsets offsets) {
        String name = String.valueOf(config.get("topic.prefix"));
        TaskRun run = TaskRun.start(config, offsets);
        run.take("__debezium-heartbeat." + name, 1);
        postgres.execute("INSERT INTO " + name + ".t VALUES (0, 'first')");
        run.take(name + "." + name + ".t", 1);
        return run;
    }

    static void cutWalsender(PostgresServer postgres, String slot) {
        postgres.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '" + slot
                + "' AND active");
    }

    static void dropSlot(PostgresServer postgres, String slot) {
        Await.until("the slot is dropped", () -> {
            cutWalsender(postgres, slot);
            try {
                postgres.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                        + " WHERE slot_name = '" + slot + "'");
                return true;
            } catch (RuntimeException stillActive) {
                return false;
            }
        });
    }
}
