package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.position.Phase;
import io.millrace.source.position.StoredOffsets;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What cuts tables into chunks is changed in the middle of the copy: with exactly-once no row comes twice or not at all. */
@Tag("extended")
class ChangedCutIT {
    private static final int ROWS = 6_000;
    private static final List<String> TABLES = List.of("a", "b", "c");
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    /** Tables a, cut by blocks, b, cut by k, and c, not begun in the first life. */
    private static Map<String, String> mirror(String name) {
        postgres.execute("CREATE SCHEMA " + name);
        for (String table : TABLES) {
            postgres.execute(
                    "CREATE TABLE " + name + "." + table + "(n int8 NOT NULL UNIQUE, k int8 NOT NULL, v int8 NOT NULL,"
                            + " big text, pad text, PRIMARY KEY (k, n))",
                    // k goes against n, so that a bound of one says nothing of the other.
                    "INSERT INTO " + name + "." + table + " SELECT n, " + 10 * ROWS + " - n, 0, NULL, repeat('x', 3000)"
                            + " FROM generate_series(10, " + 10 * ROWS + ", 10) n");
        }
        postgres.execute("ANALYZE");
        Map<String, String> config = CdcMirror.config(postgres, name);
        // Batches are 5 MB then: a life ends in the middle of chunks.
        config.put("exactly.once.support", "required");
        config.put("max.queue.size.in.bytes", "70000");
        config.put("poll.interval.ms", "10");
        return config;
    }

    private static void cut(Map<String, String> config, String name, int rows, String keys) {
        config.put("snapshot.rows.per.partition", Integer.toString(rows));
        config.put("snapshot.partition.key", keys.replace("@", name + "\\."));
    }

    /** Polls by turns until both tables that are at hand are copied in part, and no further. */
    private static void copySome(HandDrivenTask.Store store, String name, int more, HandDrivenTask... tasks) {
        int before = copied(store, name);
        Await.until("some rows are copied", () -> {
            for (HandDrivenTask task : tasks) {
                task.acknowledge(task.poll());
            }
            return copied(store, name) >= before + more;
        });
    }

    private static int copied(HandDrivenTask.Store store, String name) {
        int rows = 0;
        for (SourceRecord record : store.log()) {
            rows += record.topic().startsWith(name + "." + name + ".") ? 1 : 0;
        }
        return rows;
    }

    private static void finish(HandDrivenTask.Store store, String name, HandDrivenTask... tasks) {
        Await.until("the stream begins", () -> {
            for (HandDrivenTask task : tasks) {
                task.pass();
            }
            return new StoredOffsets(store, name).phase() instanceof Phase.Streaming;
        });
    }

    @Test
    void whatWasBegunGoesOnAsItWasCut() {
        Map<String, String> config = mirror("recut");
        var store = new HandDrivenTask.Store();
        List<String> keys = List.of("@b:k", "@[ab]:n", "", "@.*:k");
        for (int life = 0; life < keys.size(); life++) {
            cut(config, "recut", List.of(1000, 1500, 4000, 2000).get(life), keys.get(life));
            try (var first = new HandDrivenTask(store, config, 0, 2);
                    var second = new HandDrivenTask(store, config, 1, 2)) {
                if (life < keys.size() - 1) {
                    copySome(store, "recut", ROWS / 2, first, second);
                    assertThat(new StoredOffsets(store, "recut").phase()).isInstanceOf(Phase.Copying.class);
                } else {
                    finish(store, "recut", first, second);
                }
            }
        }
        for (String table : TABLES) {
            List<SourceRecord> rows = store.log().stream()
                    .filter(record -> record.topic().equals("recut.recut." + table))
                    .toList();
            assertThat(rows.stream().map(record -> ((Struct) record.key()).getInt64("n")))
                    .as("rows of %s", table)
                    .doesNotHaveDuplicates()
                    .hasSize(ROWS);
            assertThat(rows.stream()
                            .map(record -> ((Struct) record.value())
                                    .getStruct("source")
                                    .getInt64("lsn"))
                            .distinct())
                    .as("snapshots of %s", table)
                    .hasSize(1);
        }
    }

    @Test
    void theRangesOfALostSnapshotAreThoseOfTheKeyThatTheyWereCutBy() {
        Map<String, String> config = mirror("relost");
        config.put("table.include.list", "relost\\.b");
        config.put("snapshot.keep.ms", "0");
        cut(config, "relost", 1000, "@b:k");
        var store = new HandDrivenTask.Store();
        try (var task = new HandDrivenTask(store, config, 0, 1)) {
            copySome(store, "relost", ROWS / 3, task);
        }
        Await.until("nobody holds the snapshot", () -> postgres.queryOne(
                        "SELECT count(*)::text FROM pg_stat_activity WHERE application_name LIKE 'mr %'")
                .equals("0"));
        postgres.execute(
                "UPDATE relost.b SET v = v + 1 WHERE n % 70 = 0",
                "DELETE FROM relost.b WHERE n % 110 = 0",
                "INSERT INTO relost.b SELECT n + 1, k, 0 FROM relost.b WHERE n % 130 = 0");
        cut(config, "relost", 1500, "@b:n");
        try (var task = new HandDrivenTask(store, config, 0, 1)) {
            finish(store, "relost", task);
            TreeSet<String> expected = new TreeSet<>(
                    List.of(postgres.queryOne("SELECT string_agg(n || ' ' || v || ' null', ',') FROM relost.b")
                            .split(",")));
            Await.until("the topic is equal", () -> {
                task.pass();
                return History.of(store.log(), "relost.relost.b", false).rows().equals(expected);
            });
            History history = History.of(store.log(), "relost.relost.b", true);
            assertThat(history.rows()).isEqualTo(expected);
            assertThat(history.copied()).isLessThan(ROWS + ROWS / 10);
        }
    }
}
