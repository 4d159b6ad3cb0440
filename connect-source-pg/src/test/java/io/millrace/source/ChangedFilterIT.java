package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.position.Phase;
import io.millrace.source.position.StoredOffsets;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresOptions;
import io.millrace.testing.PostgresServer;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The publication's condition on rows is changed, by the configuration or by others, at whatever time. */
@Tag("extended")
class ChangedFilterIT {
    private static final int ROWS = 4_000;
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start(PostgresOptions.atLeast(15));
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    /** Table t of numbered rows, of which a publication lets the even ones out. */
    private static Map<String, String> mirror(String name, int rows) {
        postgres.execute(
                "CREATE SCHEMA " + name,
                "CREATE TABLE " + name + ".t(id int8 PRIMARY KEY, v int4 NOT NULL, pad text)",
                "ALTER TABLE " + name + ".t REPLICA IDENTITY FULL",
                "INSERT INTO " + name + ".t SELECT i, 0, repeat('x', 3000) FROM generate_series(1, " + rows + ") i",
                "ANALYZE",
                "CREATE PUBLICATION " + name + " FOR TABLE " + name + ".t WHERE (id % 2 = 0)");
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put("publication.autocreate.mode", "disabled");
        // Batches are 5 MB then: a life ends in the middle of a chunk, or of a transaction.
        config.put("exactly.once.support", "required");
        config.put("tombstones.on.delete", "false");
        config.put("max.queue.size.in.bytes", "70000");
        config.put("poll.interval.ms", "10");
        return config;
    }

    private static void publish(String name, String condition) {
        postgres.execute("ALTER PUBLICATION " + name + " SET TABLE " + name + ".t WHERE (" + condition + ")");
    }

    private static List<String> events(HandDrivenTask.Store store, String name) {
        return store.log().stream()
                .filter(record -> record.topic().equals(name + "." + name + ".t"))
                .map(ChangedFilterIT::event)
                .toList();
    }

    private static String event(SourceRecord record) {
        Struct value = (Struct) record.value();
        Struct row = value.getStruct(value.getString("op").equals("d") ? "before" : "after");
        return value.getString("op") + row.getInt64("id") + ":" + row.getInt32("v");
    }

    private static List<String> events(String op, int v, IntStream ids) {
        return ids.mapToObj(id -> op + id + ":" + v).toList();
    }

    private static IntStream to(int last) {
        return IntStream.rangeClosed(1, last);
    }

    private static void awaitStream(HandDrivenTask task, HandDrivenTask.Store store, String name) {
        Await.until("the stream begins", () -> {
            task.pass();
            return new StoredOffsets(store, name).phase() instanceof Phase.Streaming;
        });
    }

    private static void awaitEvent(HandDrivenTask task, HandDrivenTask.Store store, String name, String last) {
        Await.until(last + " has come", () -> {
            task.acknowledge(task.poll());
            return events(store, name).contains(last);
        });
    }

    @Test
    void theCopyEndsByTheConditionOfItsSnapshotAndTheStreamFollows() {
        Map<String, String> config = mirror("copying", ROWS);
        var store = new HandDrivenTask.Store();
        try (var task = new HandDrivenTask(store, config, 0, 1)) {
            Await.until("some is copied", () -> {
                task.acknowledge(task.poll());
                return events(store, "copying").size() > ROWS / 10;
            });
        }
        // As far as the stream is concerned these are not published yet when they change.
        postgres.execute("UPDATE copying.t SET v = 1 WHERE id <= 20");
        publish("copying", "id % 3 = 0");
        postgres.execute("UPDATE copying.t SET v = 2 WHERE id <= 20");
        try (var task = new HandDrivenTask(store, config, 0, 1)) {
            awaitStream(task, store, "copying");
            awaitEvent(task, store, "copying", "u18:2");
            List<String> events = events(store, "copying");
            int copied = ROWS / 2;
            assertThat(events.subList(0, copied))
                    .containsExactlyInAnyOrderElementsOf(events("r", 0, to(ROWS).filter(id -> id % 2 == 0)));
            assertThat(events.subList(copied, copied + 10)).isEqualTo(events("u", 1, to(20).filter(id -> id % 2 == 0)));
            assertThat(events.subList(copied + 10, events.size()))
                    .isEqualTo(events("u", 2, to(20).filter(id -> id % 3 == 0)));
        }
    }

    @Test
    void theStreamFollowsFromTheChangeOnThoughItIsStoppedInTheMiddleOfATransaction() {
        Map<String, String> config = mirror("streaming", 10);
        var store = new HandDrivenTask.Store();
        try (var task = new HandDrivenTask(store, config, 0, 1)) {
            awaitStream(task, store, "streaming");
            postgres.execute(
                    "INSERT INTO streaming.t SELECT i, 1, repeat('x', 20000) FROM generate_series(11, 1000) i");
            awaitEvent(task, store, "streaming", "c200:1");
            assertThat(events(store, "streaming")).doesNotContain("c1000:1");
        }
        postgres.execute("UPDATE streaming.t SET v = 2 WHERE id BETWEEN 901 AND 1000");
        publish("streaming", "id % 5 = 0");
        postgres.execute("UPDATE streaming.t SET v = 3 WHERE id BETWEEN 901 AND 1000");
        try (var task = new HandDrivenTask(store, config, 0, 1)) {
            awaitEvent(task, store, "streaming", "u1000:3");
            // Changed again while it runs: into a condition that names what is updated.
            publish("streaming", "v < 5");
            postgres.execute(
                    "UPDATE streaming.t SET v = v + 2 WHERE id IN (1, 902)",
                    "INSERT INTO streaming.t VALUES (2000, 4, ''), (2001, 5, '')");
            awaitEvent(task, store, "streaming", "c2000:4");
            List<String> events = events(store, "streaming");
            List<String> expected = new java.util.ArrayList<>(events("r", 0, to(10).filter(id -> id % 2 == 0)));
            expected.addAll(events("c", 1, IntStream.rangeClosed(11, 1000).filter(id -> id % 2 == 0)));
            expected.addAll(events("u", 2, IntStream.rangeClosed(901, 1000).filter(id -> id % 2 == 0)));
            expected.addAll(events("u", 3, IntStream.rangeClosed(901, 1000).filter(id -> id % 5 == 0)));
            expected.addAll(List.of("u1:2", "d902:3", "c2000:4"));
            assertThat(events).isEqualTo(expected);
        }
    }

    @Test
    void aConfiguredConditionHoldsForWhatIsChangedFromTheNextStartOn() {
        Map<String, String> config = mirror("configured", 10);
        config.put("publication.autocreate.mode", "filtered");
        config.put("row.filter", "configured.t");
        config.put("row.filter.configured.t", "id % 2 = 0");
        var store = new HandDrivenTask.Store();
        try (var task = new HandDrivenTask(store, config, 0, 1)) {
            awaitStream(task, store, "configured");
        }
        postgres.execute("UPDATE configured.t SET v = 1");
        config.put("row.filter.configured.t", "id % 3 = 0");
        try (var task = new HandDrivenTask(store, config, 0, 1)) {
            awaitEvent(task, store, "configured", "u10:1");
            postgres.execute("UPDATE configured.t SET v = 2");
            awaitEvent(task, store, "configured", "u9:2");
            List<String> expected = new java.util.ArrayList<>(events("r", 0, to(10).filter(id -> id % 2 == 0)));
            expected.addAll(events("u", 1, to(10).filter(id -> id % 2 == 0)));
            expected.addAll(events("u", 2, to(10).filter(id -> id % 3 == 0)));
            assertThat(events(store, "configured")).isEqualTo(expected);
        }
    }
}
