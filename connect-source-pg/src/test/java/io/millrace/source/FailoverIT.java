package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.millrace.source.position.Phase;
import io.millrace.source.position.StoredOffsets;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.ReplicatedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The primary dies and a standby takes over. */
@Tag("extended")
class FailoverIT {
    private static final int VERSION = 18;
    private static final PostgresOptions OPTIONS =
            PostgresOptions.defaults().version(VERSION).with("synchronous_commit", "on");

    private static Map<String, String> config(ReplicatedPostgres servers, String name) {
        Map<String, String> config = Mishap.config(servers.primary(), name);
        config.put(
                "database.hostname",
                "localhost:" + servers.primary().port() + ",localhost:"
                        + servers.standby().port());
        config.put("slot.failover", "true");
        return config;
    }

    /** Inserts row after row until told to stop or the server is gone. */
    private static Thread writer(PostgresServer server, String table, int from, AtomicBoolean going) {
        Thread thread = new Thread(() -> {
            try (Connection connection = server.connect();
                    Statement statement = connection.createStatement()) {
                for (int i = from; going.get(); i++) {
                    statement.execute("INSERT INTO " + table + " VALUES (" + i + ", 'row')");
                }
            } catch (SQLException e) {
                // The server was killed, as it should be.
                going.set(false);
            }
        });
        thread.start();
        return thread;
    }

    private static List<Integer> ids(PostgresServer server, String table) throws SQLException {
        List<Integer> ids = new ArrayList<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id FROM " + table + " ORDER BY id")) {
            while (rows.next()) {
                ids.add(rows.getInt(1));
            }
        }
        return ids;
    }

    private static List<Integer> ids(List<SourceRecord> records) {
        return records.stream()
                .map(record -> TaskRun.after(record).getInt32("id"))
                .toList();
    }

    @Test
    void theStreamGoesOnFromThePromotedStandbyWithNothingLostOrDouble() throws Exception {
        try (ReplicatedPostgres servers =
                ReplicatedPostgres.start(OPTIONS, OPTIONS.with("sync_replication_slots", "on"))) {
            // What the standby has not flushed is not sent either: no topic has what the new primary lacks.
            servers.primary()
                    .execute("ALTER SYSTEM SET synchronized_standby_slots = 'standby'", "SELECT pg_reload_conf()");
            Map<String, String> config = config(servers, "moved");
            try (TaskRun run = Mishap.running(servers.primary(), config, new MemoryOffsets())) {
                Await.until("the standby has the slot", () -> {
                    // The slot is kept on the standby from where both have the WAL: it has to move on for that.
                    servers.primary().execute("SELECT pg_log_standby_snapshot()");
                    return servers.standby()
                            .queryOne("SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'moved'"
                                    + " AND synced AND NOT temporary")
                            .equals("1");
                });
                AtomicBoolean going = new AtomicBoolean(true);
                Thread writer = writer(servers.primary(), "moved.t", 1, going);
                run.take("moved.moved.t", 200);
                servers.primary().kill();
                writer.join();
                servers.promote();
                servers.standby()
                        .execute("INSERT INTO moved.t SELECT 1000000 + i, 'after' FROM generate_series(1, 500) i");
                List<Integer> there = ids(servers.standby(), "moved.t");
                List<Integer> sent = ids(run.take("moved.moved.t", there.size()));
                assertThat(sent).isEqualTo(there);
            }
        }
    }

    @Test
    void aStandbyWithoutTheSlotIsRefusedWithWhatWasMissing() {
        try (ReplicatedPostgres servers = ReplicatedPostgres.start(OPTIONS, OPTIONS)) {
            Map<String, String> config = config(servers, "behind");
            try (TaskRun run = Mishap.running(servers.primary(), config, new MemoryOffsets())) {
                servers.primary().kill();
                servers.promote();
                assertThat(run.failure())
                        .contains(
                                "slot \"behind\" does not exist any more",
                                "promoted standby",
                                "sync_replication_slots",
                                "delete the connector's offsets");
            }
        }
    }

    /** Its own WAL grows past what was read, soon or before the mirror comes back: then LSNs alone tell nothing. */
    @ParameterizedTest(name = "restarted: {0}")
    @ValueSource(booleans = {true, false})
    void aStandbyThatWasPromotedBehindIsRefused(boolean restarted) {
        String name = restarted ? "lagging" : "reconnected";
        try (ReplicatedPostgres servers =
                ReplicatedPostgres.start(OPTIONS, OPTIONS.with("sync_replication_slots", "on"))) {
            PostgresServer primary = servers.primary();
            PostgresServer standby = servers.standby();
            Map<String, String> config = config(servers, name);
            MemoryOffsets offsets = new MemoryOffsets();
            TaskRun run = Mishap.running(primary, config, offsets);
            try {
                Await.until("the standby has the slot", () -> {
                    primary.execute("SELECT pg_log_standby_snapshot()");
                    return standby.queryOne("SELECT count(*) FROM pg_replication_slots WHERE slot_name = '" + name
                                    + "' AND synced AND NOT temporary")
                            .equals("1");
                });
                servers.cut();
                primary.execute("INSERT INTO " + name + ".t SELECT i, 'lost' FROM generate_series(1, 500) i");
                run.take(name + "." + name + ".t", 501);
                if (restarted) {
                    run.close();
                }
                primary.kill();
                servers.promote();
                assertThat(standby.queryOne("SELECT count(*) FROM " + name + ".t"))
                        .isEqualTo("1");
                standby.execute(
                        "INSERT INTO " + name + ".t SELECT i, repeat('its own', 100) FROM generate_series(1, 2000) i");
                if (restarted) {
                    run = TaskRun.start(config, offsets);
                }
                assertThat(run.failure())
                        .contains("promoted without all of", "delete the connector's offsets")
                        // One that was connected may come back while the WAL is shorter still.
                        .contains(restarted ? "left timeline 1 at" : "");
                assertThat(run.of(name + "." + name + ".t")).hasSize(restarted ? 0 : 501);
            } finally {
                run.close();
            }
        }
    }

    /** An address that leads back to it hides that it is another server now. */
    @Test
    void thePrimaryThatWasTakenOverFromIsRefused() {
        try (ReplicatedPostgres servers =
                ReplicatedPostgres.start(OPTIONS, OPTIONS.with("sync_replication_slots", "on"))) {
            PostgresServer primary = servers.primary();
            PostgresServer standby = servers.standby();
            Map<String, String> config = config(servers, "back");
            MemoryOffsets offsets = new MemoryOffsets();
            TaskRun run = Mishap.running(primary, config, offsets);
            try {
                Await.until("the standby has the slot", () -> {
                    primary.execute("SELECT pg_log_standby_snapshot()");
                    return standby.queryOne(
                                    "SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'back' AND synced AND NOT temporary")
                            .equals("1");
                });
                run.close();
                servers.promote();
                config.put("database.hostname", "localhost:" + standby.port());
                run = TaskRun.start(config, offsets);
                standby.execute("INSERT INTO back.t VALUES (7, 'there')");
                run.take("back.back.t", 1);
                run.close();
                // Its WAL is beyond what was read.
                primary.execute("INSERT INTO back.t SELECT i, repeat('here', 100) FROM generate_series(10, 5000) i");
                config.put("database.hostname", "localhost:" + primary.port());
                run = TaskRun.start(config, offsets);
                assertThat(run.failure()).contains("is on timeline 1, and 2 was read before", "took over");
                assertThat(run.of("back.back.t")).isEmpty();
            } finally {
                run.close();
            }
        }
    }

    /** What a copy has read counts as well, though the stream has not begun. */
    @Test
    void aStandbyThatWasPromotedBehindACopyIsRefused() {
        try (ReplicatedPostgres servers =
                ReplicatedPostgres.start(OPTIONS, OPTIONS.with("sync_replication_slots", "on"))) {
            PostgresServer primary = servers.primary();
            PostgresServer standby = servers.standby();
            Map<String, String> config = config(servers, "copying");
            config.put("snapshot.mode", "initial");
            config.put("snapshot.rows.per.partition", "1000");
            config.put("max.batch.size", "100");
            config.put("max.queue.size.in.bytes", "100000");
            config.put("snapshot.keep.ms", "0");
            primary.execute(
                    "CREATE PUBLICATION copying FOR TABLE copying.t",
                    "SELECT pg_create_logical_replication_slot('copying', 'pgoutput', false, false, true)");
            Await.until("the standby has the slot", () -> {
                primary.execute(
                        "SELECT pg_log_standby_snapshot()",
                        "SELECT pg_replication_slot_advance('copying', pg_current_wal_lsn())");
                return standby.queryOne("SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'copying'"
                                + " AND synced AND NOT temporary")
                        .equals("1");
            });
            servers.cut();
            primary.execute(
                    "INSERT INTO copying.t SELECT i, repeat('lost', 100) FROM generate_series(1, 20000) i",
                    "ANALYZE copying.t");
            var store = new HandDrivenTask.Store();
            try (var task = new HandDrivenTask(store, config, 0, 1)) {
                Await.driving("some is copied", () -> {
                    task.acknowledge(task.poll());
                    return store.log().size() > 3000;
                });
            }
            primary.kill();
            servers.promote();
            standby.execute("INSERT INTO copying.t SELECT i, repeat('its own', 100) FROM generate_series(1, 30000) i");
            AtomicReference<Throwable> failure = new AtomicReference<>();
            try (var task = new HandDrivenTask(store, config, 0, 1)) {
                Await.until("it is refused", () -> {
                    Throwable thrown = catchThrowable(() -> task.acknowledge(task.poll()));
                    failure.set(thrown);
                    return thrown != null || new StoredOffsets(store, "copying").phase() instanceof Phase.Streaming;
                });
            }
            assertThat(failure.get())
                    .hasMessageContaining("left timeline 1 at")
                    .hasMessageContaining("delete the connector's offsets");
        }
    }

    @Test
    void aStandbyIsASourceTooAndCopiesBesideItsStream() {
        try (ReplicatedPostgres servers = ReplicatedPostgres.start(OPTIONS, OPTIONS)) {
            PostgresServer primary = servers.primary();
            Map<String, String> config = Mishap.config(primary, "read");
            config.put("database.port", Integer.toString(servers.standby().port()));
            config.put("signal.data.collection", "read.signals");
            config.put("incremental.snapshot.chunk.size", "100");
            primary.execute(
                    "CREATE TABLE read.signals (id text PRIMARY KEY, type text, data text)",
                    "INSERT INTO read.t SELECT i, 'before' FROM generate_series(1, 1000) i",
                    "CREATE PUBLICATION read FOR TABLE read.t, read.signals");
            Await.until("the standby has the publication", () -> servers.standby()
                    .queryOne("SELECT count(*) FROM pg_publication")
                    .equals("1"));
            try (TaskRun run = TaskRun.start(config)) {
                // A slot on a standby begins where the primary tells what is running.
                Await.until("the stream has begun", () -> {
                    primary.execute("SELECT pg_log_standby_snapshot()");
                    return !run.of("__debezium-heartbeat.read").isEmpty();
                });
                primary.execute(
                        "INSERT INTO read.t VALUES (0, 'streamed')",
                        "INSERT INTO read.signals VALUES ('again', 'execute-snapshot',"
                                + " '{\"data-collections\": [\"read.t\"]}')");
                Await.until("all of it is copied", () -> {
                    // The primary's own pace: nothing can be written where the stream is read.
                    primary.execute("SELECT pg_current_xact_id()");
                    return ids(run.of("read.read.t")).stream().distinct().count() == 1001;
                });
            }
        }
    }
}
