package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.position.Phase;
import io.millrace.source.position.StoredOffsets;
import io.millrace.source.window.CopyState;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the initial copy has stored of each table and task is deleted when nothing needs it any more, and not before. */
@Tag("extended")
class SpentProgressIT {
    private static final int TABLES = 60;
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
        postgres.execute("CREATE SCHEMA " + name);
        for (int table = 0; table < TABLES; table++) {
            postgres.execute(
                    "CREATE TABLE " + name + ".t" + table + "(id int8 PRIMARY KEY)",
                    "INSERT INTO " + name + ".t" + table + " SELECT generate_series(1, 5)");
        }
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put("snapshot.partition.key", name + "\\.t1.:id");
        config.put("heartbeat.interval.ms", "100");
        config.put("poll.interval.ms", "10");
        return config;
    }

    private static long rows(HandDrivenTask.Store store, String name) {
        return store.log().stream()
                .filter(record -> record.topic().startsWith(name + "." + name + "."))
                .count();
    }

    private static void awaitSpent(HandDrivenTask.Store store, String name, HandDrivenTask... tasks) {
        Await.until("only what is needed is stored", () -> {
            for (HandDrivenTask task : tasks) {
                task.acknowledge(task.poll());
            }
            return store.partitions().equals(Set.of(Phase.partition(name), CopyState.partition(name)));
        });
    }

    @Test
    void onlyTheStreamsPositionAndTheTablesAreLeft() {
        Map<String, String> config = mirror("spent");
        var store = new HandDrivenTask.Store();
        try (var first = new HandDrivenTask(store, config, 0, 2);
                var second = new HandDrivenTask(store, config, 1, 2)) {
            Await.until("the stream begins", () -> {
                first.pass();
                second.pass();
                return new StoredOffsets(store, "spent").phase() instanceof Phase.Streaming;
            });
            assertThat(store.partitions()).as("offsets when it begins").hasSizeGreaterThan(TABLES);
            awaitSpent(store, "spent", first, second);
        }
        postgres.execute("INSERT INTO spent.t7 VALUES (6)");
        try (var first = new HandDrivenTask(store, config, 0, 2);
                var second = new HandDrivenTask(store, config, 1, 2)) {
            Await.until("the row has come", () -> {
                first.pass();
                second.pass();
                return rows(store, "spent") == 5 * TABLES + 1;
            });
            awaitSpent(store, "spent", first, second);
        }
        assertThat(rows(store, "spent")).isEqualTo(5 * TABLES + 1);
    }

    @Test
    void aTaskThatEndsInBetweenLeavesTheRestToTheNext() {
        Map<String, String> config = mirror("between");
        var store = new HandDrivenTask.Store();
        int runs = 0;
        for (boolean all = false; !all; runs++) {
            assertThat(runs).isLessThan(40);
            try (var task = new HandDrivenTask(store, config, 0, 1)) {
                int[] most = {store.partitions().size()};
                // Some of a batch is acknowledged, as far as records of the same partition are acknowledged in order.
                Await.until("something is deleted, or nothing is left", () -> {
                    List<SourceRecord> records = task.poll();
                    int cut = records.stream().anyMatch(record -> record.sourceOffset() == null)
                            ? Math.min(records.size(), 35)
                            : records.size();
                    task.acknowledge(records.subList(0, cut));
                    int size = store.partitions().size();
                    most[0] = Math.max(most[0], size);
                    boolean streams = new StoredOffsets(store, "between").phase() instanceof Phase.Streaming;
                    return size < most[0] || size == 2 && streams;
                });
                all = store.partitions().size() == 2;
            }
        }
        assertThat(runs).as("runs until all was deleted").isGreaterThan(1);
        try (var task = new HandDrivenTask(store, config, 0, 1)) {
            awaitSpent(store, "between", task);
        }
        assertThat(rows(store, "between")).isEqualTo(5 * TABLES);
    }

    @Test
    void aCopyThatNoStreamFollowsIsDoneForGood() {
        Map<String, String> config = mirror("alone");
        config.put("snapshot.mode", "initial_only");
        var store = new HandDrivenTask.Store();
        for (int run = 0; run < 2; run++) {
            try (var first = new HandDrivenTask(store, config, 0, 2);
                    var second = new HandDrivenTask(store, config, 1, 2)) {
                // At the start too there is nothing but that the copy begins.
                Await.driving("all is copied and only the end is stored", () -> {
                    first.pass();
                    second.pass();
                    return rows(store, "alone") >= 5 * TABLES
                            && store.partitions().equals(Set.of(Phase.partition("alone")));
                });
                for (int i = 0; i < 20; i++) {
                    first.pass();
                    second.pass();
                }
            }
        }
        assertThat(rows(store, "alone")).isEqualTo(5 * TABLES);
    }
}
