package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.source.position.Phase;
import io.millrace.source.position.StoredOffsets;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tasks lose their sessions, and with them their claims, while rows that they read wait in a slow Connect. */
class LateRowsIT {
    private static final int ROWS = 20_000;
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static Map<String, String> mirror(String name) {
        postgres.execute(
                "CREATE SCHEMA " + name,
                "CREATE TABLE " + name + ".t(id int8 PRIMARY KEY, n int8 NOT NULL, pad text)",
                "INSERT INTO " + name + ".t SELECT i, 0, repeat('x', 1000) FROM generate_series(1, " + ROWS + ") i",
                "ANALYZE");
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put("snapshot.rows.per.partition", "1000");
        config.put("max.batch.size", "100");
        config.put("max.queue.size.in.bytes", "200000");
        config.put("poll.interval.ms", "10");
        return config;
    }

    private static void cutSessions() {
        postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'mr %'"
                + " OR application_name LIKE 'millrace%'");
    }

    @Tag("extended")
    @Test
    void theStreamWaitsForRowsOfALostSession() {
        Map<String, String> config = mirror("late");
        var store = new HandDrivenTask.Store();
        try (var first = new HandDrivenTask(store, config, 0, 2);
                var slow = new HandDrivenTask(store, config, 1, 2)) {
            List<SourceRecord> late = new ArrayList<>();
            first.acknowledge(first.poll());
            Await.driving("the second task has read rows", () -> {
                late.addAll(slow.poll());
                return late.size() >= 100;
            });
            cutSessions();
            postgres.execute("UPDATE late.t SET n = 1");
            Await.driving("the first task has copied it all", () -> {
                first.pass();
                return stored(store, "late").phase() instanceof Phase.Copying copying && copying.copied();
            });
            // Two seconds in which it would have begun, four of its waits.
            for (int i = 0; i < 200; i++) {
                first.pass();
            }
            assertThat(stored(store, "late").phase()).isInstanceOf(Phase.Copying.class);

            slow.acknowledge(late);
            Await.driving("the update arrives", () -> {
                first.pass();
                slow.pass();
                return folded(store.log(), "late.late.t").values().stream().allMatch(n -> n == 1L);
            });
            assertThat(folded(store.log(), "late.late.t")).hasSize(ROWS);
        }
    }

    @Test
    void exactlyOnceReadsNoRowTwice() {
        Map<String, String> config = mirror("once");
        config.put("exactly.once.support", "required");
        // A chunk for each task, more than the network's buffers hold.
        config.put("snapshot.rows.per.partition", "10000");
        var store = new HandDrivenTask.Store();
        try (var first = new HandDrivenTask(store, config, 0, 2);
                var second = new HandDrivenTask(store, config, 1, 2)) {
            List<SourceRecord> late = new ArrayList<>();
            first.acknowledge(first.poll());
            Await.driving("the second task is in the middle of a chunk", () -> {
                late.addAll(second.poll());
                return late.size() >= 500;
            });
            // The other task's session keeps the snapshot.
            postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE application_name LIKE 'mr %' ORDER BY backend_start DESC LIMIT 1");
            Await.driving("all is copied", () -> {
                first.pass();
                for (List<SourceRecord> more = second.poll(); !more.isEmpty(); more = second.poll()) {
                    late.addAll(more);
                }
                second.acknowledge(late);
                late.clear();
                return stored(store, "once").phase() instanceof Phase.Streaming;
            });
            assertThat(rows(store.log(), "once.once.t")).doesNotHaveDuplicates().hasSize(ROWS);
        }
    }

    @Test
    void aNewLifeGoesOnInTheMiddleOfAChunk() {
        Map<String, String> config = mirror("life");
        config.put("exactly.once.support", "required");
        config.put("snapshot.rows.per.partition", "100000");
        var store = new HandDrivenTask.Store();
        try (var keeper = new HandDrivenTask(store, config, 0, 2)) {
            try (var first = new HandDrivenTask(store, config, 1, 2)) {
                Await.driving("some rows of the only chunk are stored", () -> {
                    keeper.acknowledge(keeper.poll());
                    first.acknowledge(first.poll());
                    return rows(store.log(), "life.life.t").size() >= 1000;
                });
            }
            // What it had polled but not stored is gone with its transaction.
            try (var second = new HandDrivenTask(store, config, 1, 2)) {
                Await.driving("all is copied", () -> {
                    keeper.pass();
                    second.pass();
                    return stored(store, "life").phase() instanceof Phase.Streaming;
                });
            }
            assertThat(rows(store.log(), "life.life.t")).doesNotHaveDuplicates().hasSize(ROWS);
        }
    }

    @Tag("extended")
    @Test
    void theSnapshotOutlivesAllTasks() {
        Map<String, String> config = mirror("held");
        config.put("exactly.once.support", "required");
        var store = new HandDrivenTask.Store();
        copySome(store, config, "held");
        Await.until("only the process holds the snapshot", () -> holders().equals("1"));
        try (var first = new HandDrivenTask(store, config, 0, 2);
                var second = new HandDrivenTask(store, config, 1, 2)) {
            Await.driving("all is copied", () -> {
                first.pass();
                second.pass();
                return stored(store, "held").phase() instanceof Phase.Streaming;
            });
            assertThat(rows(store.log(), "held.held.t")).doesNotHaveDuplicates().hasSize(ROWS);
            Await.until("nobody holds the snapshot any more", () -> holders().equals("0"));
        }
    }

    @Test
    void whenNobodyHeldTheSnapshotTheTaskSaysWhatWouldComeTwice() {
        Map<String, String> config = mirror("lost");
        config.put("exactly.once.support", "required");
        config.put("snapshot.keep.ms", "0");
        var store = new HandDrivenTask.Store();
        copySome(store, config, "lost");
        Await.until("nobody holds the snapshot any more", () -> holders().equals("0"));
        try (var first = new HandDrivenTask(store, config, 0, 2)) {
            assertThatThrownBy(() -> {
                        while (true) {
                            first.pass();
                        }
                    })
                    .hasMessageContaining("lost.t was copied in part")
                    .hasMessageContaining("snapshot.lost.handling.mode");
        }
        config.put("snapshot.lost.handling.mode", "copy_again");
        try (var first = new HandDrivenTask(store, config, 0, 1)) {
            Await.driving("all is copied again", () -> {
                first.pass();
                return stored(store, "lost").phase() instanceof Phase.Streaming;
            });
            assertThat(folded(store.log(), "lost.lost.t")).hasSize(ROWS);
        }
    }

    @Test
    void progressOfAnEarlierCopyDoesNotCount() {
        Map<String, String> config = mirror("again");
        var store = new HandDrivenTask.Store();
        for (int copy = 0; copy < 2; copy++) {
            try (var task = new HandDrivenTask(store, config, 0, 1)) {
                Await.driving("all is copied", () -> {
                    task.pass();
                    return stored(store, "again").phase() instanceof Phase.Streaming;
                });
                assertThat(rows(store.log(), "again.again.t")).hasSize(ROWS);
            }
            store.forget(Map.of("server", "again"));
            Await.until("the slot is free", () -> postgres.queryOne(
                            "SELECT active::text FROM pg_replication_slots WHERE slot_name = 'again'")
                    .equals("false"));
            postgres.execute("SELECT pg_drop_replication_slot('again')");
        }
    }

    /** Both tasks read some of the table, and are stopped. */
    private static void copySome(HandDrivenTask.Store store, Map<String, String> config, String name) {
        try (var first = new HandDrivenTask(store, config, 0, 2);
                var second = new HandDrivenTask(store, config, 1, 2)) {
            Await.driving("some rows are stored", () -> {
                first.acknowledge(first.poll());
                second.acknowledge(second.poll());
                return rows(store.log(), name + "." + name + ".t").size() >= 1000;
            });
        }
    }

    /** How many sessions show a snapshot that can be joined. */
    private static String holders() {
        return postgres.queryOne("SELECT count(*)::text FROM pg_stat_activity WHERE application_name LIKE 'mr %'");
    }

    private static StoredOffsets stored(HandDrivenTask.Store store, String name) {
        return new StoredOffsets(store, name);
    }

    private static List<Long> rows(List<SourceRecord> log, String topic) {
        return log.stream()
                .filter(record -> record.topic().equals(topic))
                .map(record -> ((Struct) record.key()).getInt64("id"))
                .toList();
    }

    private static Map<Long, Long> folded(List<SourceRecord> log, String topic) {
        Map<Long, Long> rows = new HashMap<>();
        for (SourceRecord record : log) {
            if (record.topic().equals(topic)) {
                Struct after = ((Struct) record.value()).getStruct("after");
                rows.put(after.getInt64("id"), after.getInt64("n"));
            }
        }
        return rows;
    }
}
