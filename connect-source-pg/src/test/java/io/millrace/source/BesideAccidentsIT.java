package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.window.CopyState;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What befalls copies beside the stream, and those who ask for them. */
class BesideAccidentsIT {
    private static final int ROWS = 5000;
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
        postgres.execute(
                "CREATE SCHEMA " + name,
                "CREATE TABLE " + name + ".t (id int4 PRIMARY KEY, v text)",
                "INSERT INTO " + name + ".t SELECT i, 'v' || i FROM generate_series(1, " + ROWS + ") i",
                "CREATE TABLE " + name + ".signals (id varchar(42) PRIMARY KEY, type varchar(32) NOT NULL, data text)");
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put("table.include.list", name + "\\.t");
        config.put("snapshot.mode", "no_data");
        config.put("signal.data.collection", name + ".signals");
        config.put("incremental.snapshot.chunk.size", "100");
        config.put("heartbeat.interval.ms", "100");
        return config;
    }

    private static void signal(String name) {
        postgres.execute("INSERT INTO " + name + ".signals VALUES ('again', 'execute-snapshot',"
                + " '{\"data-collections\": [\"" + name + ".t\"]}')");
    }

    private static List<Struct> rows(List<SourceRecord> records, String name) {
        return records.stream()
                .filter(record -> record.topic().equals(name + "." + name + ".t"))
                .map(TaskRun::after)
                .toList();
    }

    @Test
    void aRoleThatMayNotWriteMessages() {
        Map<String, String> config = config("mute");
        postgres.execute(
                "REVOKE EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, text"
                        + (postgres.version() >= 17 ? ", boolean" : "") + ") FROM PUBLIC",
                "CREATE ROLE mute LOGIN REPLICATION PASSWORD 'postgres'",
                "GRANT USAGE ON SCHEMA mute TO mute",
                "GRANT SELECT ON ALL TABLES IN SCHEMA mute TO mute",
                "CREATE PUBLICATION mute FOR TABLE mute.t, mute.signals");
        config.put("database.user", "mute");
        try (TaskRun run = TaskRun.start(config)) {
            run.take("__debezium-heartbeat.mute", 1);
            signal("mute");
            assertThat(run.take("mute.mute.t", ROWS))
                    .extracting(record -> TaskRun.after(record).getInt32("id"))
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void ddlInTheMiddle() {
        Map<String, String> config = config("altered");
        // Nobody polls while the table is altered: no more than this is read by then.
        config.put("max.queue.size.in.bytes", "65536");
        HandDrivenTask.Store store = new HandDrivenTask.Store();
        try (HandDrivenTask task = new HandDrivenTask(store, config, 0, 1)) {
            Await.until("the stream has begun", () -> {
                task.pass();
                return store.offset(CopyState.partition("altered")) != null;
            });
            signal("altered");
            Await.until("some rows", () -> {
                task.acknowledge(task.poll());
                return !rows(store.log(), "altered").isEmpty();
            });
            postgres.execute(
                    "ALTER TABLE altered.t ADD extra int4 DEFAULT 5", "INSERT INTO altered.t VALUES (0, 'new')");
            assertThat(rows(store.log(), "altered")).hasSizeBetween(1, ROWS / 2);
            Map<Integer, Struct> last = new HashMap<>();
            Await.until("every row in its last shape", () -> {
                task.acknowledge(task.poll());
                rows(store.log(), "altered").forEach(row -> last.put(row.getInt32("id"), row));
                return last.size() == ROWS + 1
                        && last.values().stream()
                                .allMatch(row -> row.schema().field("extra") != null
                                        && Integer.valueOf(5).equals(row.get("extra")));
            });
        }
    }

    @Test
    void aTableTakenOutOfTheListAndPutBack() throws Exception {
        Map<String, String> config = config("back");
        postgres.execute("CREATE TABLE back.other (id int4 PRIMARY KEY)");
        Map<String, String> both = new HashMap<>(config);
        both.put("snapshot.mode", "initial");
        both.put("table.include.list", "back\\.t,back\\.other");
        Map<String, String> without = new HashMap<>(both);
        without.put("table.include.list", "back\\.other");
        MirrorRun run = MirrorRun.first(both);
        await(run, "the table is copied", "back.back.t", ROWS);
        run.stop();
        run = run.next(without);
        postgres.execute("UPDATE back.t SET v = 'unseen' WHERE id <= 10", "INSERT INTO back.other VALUES (1)");
        await(run, "the other goes on", "back.back.other", 1);
        assertThat(run.records("back.back.t")).hasSize(ROWS);
        run.stop();
        run = run.next(both);
        try (MirrorRun last = run) {
            await(last, "it is copied again", "back.back.t", 2 * ROWS);
            Map<Integer, String> now = new HashMap<>();
            rows(last.records(), "back").forEach(row -> now.put(row.getInt32("id"), row.getString("v")));
            assertThat(now).hasSize(ROWS).containsEntry(10, "unseen").containsEntry(11, "v11");
        }
    }

    private static void await(MirrorRun run, String what, String topic, int count) {
        Await.until(what, () -> {
            run.check();
            return run.records(topic).size() >= count;
        });
    }

    @Test
    void aSignalIsNotPassedBeforeWhatItAsksForIsStored() {
        Map<String, String> config = config("kept");
        HandDrivenTask.Store store = new HandDrivenTask.Store();
        try (HandDrivenTask task = new HandDrivenTask(store, config, 0, 1)) {
            Await.until("the stream has begun", () -> {
                task.pass();
                return store.offset(CopyState.partition("kept")) != null;
            });
            signal("kept");
            List<SourceRecord> before = new ArrayList<>();
            Await.until("the copy is to be recorded", () -> {
                before.addAll(task.poll());
                return before.stream().anyMatch(record -> asked(record.sourceOffset()));
            });
            // Nothing behind the signal comes before this is acknowledged, so a crash now finds the signal again.
            assertThat(task.poll()).isEmpty();
            assertThat(before).noneMatch(record -> record.topic().equals("kept.kept.signals"));
            task.acknowledge(before);
            Await.until("the signal's own record", () -> {
                List<SourceRecord> polled = task.poll();
                task.acknowledge(polled);
                return store.log().stream().anyMatch(record -> record.topic().equals("kept.kept.signals"));
            });
            assertThat(asked(store.offset(CopyState.partition("kept")))).isTrue();
        }
    }

    private static boolean asked(@Nullable Map<String, ?> offset) {
        CopyState state = CopyState.of(offset);
        return state != null && !state.followed().isEmpty();
    }
}
