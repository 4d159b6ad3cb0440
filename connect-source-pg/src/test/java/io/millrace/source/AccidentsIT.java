package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.window.CopyState;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
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
        config.put("snapshot.mode", "initial");
        postgres.execute("CREATE TABLE takeout.u(id int4 PRIMARY KEY)");
        MemoryOffsets offsets = new MemoryOffsets();
        try (TaskRun run = running(config, offsets)) {
            postgres.execute("ALTER PUBLICATION takeout DROP TABLE takeout.t");
            assertThat(run.failure()).contains("publication.name", "takeout.t", "taken out", "restart the task");
        }
        // By hand, so that nothing tells a restart that it was gone but what was stored.
        postgres.execute("INSERT INTO takeout.t VALUES (7, 'silent')", "ALTER PUBLICATION takeout ADD TABLE takeout.t");
        try (TaskRun run = TaskRun.start(config, offsets)) {
            run.await("the silent row is copied", records -> has(records, "takeout.takeout.t", 7));
        }
    }

    private static boolean has(List<SourceRecord> records, String topic, int id) {
        return records.stream()
                .anyMatch(record ->
                        record.topic().equals(topic) && record.key().toString().equals("Struct{id=" + id + "}"));
    }

    @Test
    void aTableIsTakenOutOfThePublicationAndAddedAgain() {
        Map<String, String> config = config("outin");
        config.put("snapshot.mode", "initial");
        MemoryOffsets offsets = new MemoryOffsets();
        Map<String, String> state = CopyState.partition("outin");
        boolean copied;
        try (TaskRun run = running(config, offsets)) {
            postgres.execute(
                    "ALTER PUBLICATION outin DROP TABLE outin.t",
                    "INSERT INTO outin.t VALUES (7, 'silent')",
                    "ALTER PUBLICATION outin ADD TABLE outin.t");
            run.await(
                    "it is noticed",
                    records -> has(records, "outin.outin.t", 7)
                            || !String.valueOf(offsets.offset(state)).contains("outin.t"));
            copied = !run.matching(record -> has(List.of(record), "outin.outin.t", 7))
                    .isEmpty();
        }
        if (!copied) {
            try (TaskRun run = TaskRun.start(config, offsets)) {
                run.await("the silent row is copied", records -> has(records, "outin.outin.t", 7));
            }
        }
    }

    /** Where every table is published, nothing in the publication tells one from the other. */
    @Test
    void aFilledTableTakesTheNameOfACapturedOne() {
        Map<String, String> config = config("swapped");
        config.put("snapshot.mode", "initial");
        config.put("publication.autocreate.mode", "all_tables");
        config.put("table.include.list", "swapped.t");
        MemoryOffsets offsets = new MemoryOffsets();
        try (TaskRun run = running(config, offsets)) {
            postgres.execute(
                    "CREATE TABLE swapped.anew (LIKE swapped.t INCLUDING ALL)",
                    "INSERT INTO swapped.anew VALUES (7, 'unseen')",
                    "BEGIN; ALTER TABLE swapped.t RENAME TO old; ALTER TABLE swapped.anew RENAME TO t; COMMIT");
            run.await("it is noticed", records -> has(records, "swapped.swapped.t", 7));
        }
    }

    @Tag("extended")
    @Test
    void oneLockedTableDoesNotHoldUpTheOthers() throws Exception {
        Map<String, String> config = config("locked");
        postgres.execute("CREATE TABLE locked.u(id int4 PRIMARY KEY, v int4 DEFAULT 5)");
        try (TaskRun run = running(config);
                Connection writer = postgres.connect();
                Connection locker = postgres.connect();
                Statement writing = writer.createStatement();
                Statement locking = locker.createStatement()) {
            int before = run.of("locked.locked.t").size();
            writer.setAutoCommit(false);
            locker.setAutoCommit(false);
            writing.execute("LOCK TABLE locked.u IN ACCESS EXCLUSIVE MODE");
            writing.execute("INSERT INTO locked.u VALUES (1)");
            // Whoever comes next has the lock before the stream has seen the commit.
            CompletableFuture<Void> lock = CompletableFuture.runAsync(() -> {
                try {
                    locking.execute("LOCK TABLE locked.u IN ACCESS EXCLUSIVE MODE");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            Await.until("the lock is waited for", () -> postgres.queryOne(
                            "SELECT count(*)::text FROM pg_locks WHERE relation = 'locked.u'::regclass AND NOT granted")
                    .equals("1"));
            writer.commit();
            lock.get();
            assertThat(run.take("locked.locked.u", 1)).hasSize(1);
            // Longer than any pause between looks at the publication.
            for (int row = 1; row <= 25; row++) {
                postgres.execute("INSERT INTO locked.t VALUES (" + (100 + row) + ", 'x')");
                run.take("locked.locked.t", before + row);
                Thread.sleep(200);
            }
            locker.rollback();
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
