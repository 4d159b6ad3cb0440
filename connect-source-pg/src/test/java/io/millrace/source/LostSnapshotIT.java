package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.position.Phase;
import io.millrace.source.position.StoredOffsets;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * All tasks die in the middle of a copy, twice, and with them the snapshot, while rows come, change, change their keys and
 * go: a table cut by its key goes on from a new snapshot with the ranges that are left.
 */
class LostSnapshotIT {
    private static final int ROWS = 12_000;
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    /** Tables a, finished before all dies, b, cut by k, in the middle of which that happens, and c, not begun. */
    private static Map<String, String> mirror(String name, String type, String key, String primary) {
        postgres.execute("CREATE SCHEMA " + name);
        for (String table : List.of("a", "b", "c")) {
            postgres.execute(
                    "CREATE TABLE " + name + "." + table + "(n int8 NOT NULL UNIQUE, k " + type
                            + ", v int8 NOT NULL, big text, pad text DEFAULT repeat('x', 300), PRIMARY KEY (" + primary
                            + "))",
                    "ALTER TABLE " + name + "." + table + " ALTER big SET STORAGE EXTERNAL",
                    "INSERT INTO " + name + "." + table + " SELECT n, " + key
                            + ", 0, CASE WHEN n % 300 = 0 THEN repeat(md5(n::text), 100) END"
                            + " FROM generate_series(10, " + 10 * (table.equals("b") ? ROWS : ROWS / 10)
                            + ", 10) n");
        }
        postgres.execute("ANALYZE");
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put("snapshot.rows.per.partition", "1000");
        config.put("snapshot.partition.key", name + "\\.b:k");
        config.put("snapshot.keep.ms", "0");
        config.put("max.batch.size", "50");
        config.put("max.queue.size.in.bytes", "100000");
        config.put("poll.interval.ms", "10");
        return config;
    }

    /** Updates, deletes, inserts between old keys and of deleted ones, and rows that move to either side. */
    private static void change(String name, String key, int round) {
        for (String table : List.of("a", "b", "c")) {
            String t = name + "." + table;
            int half = 10 * (table.equals("b") ? ROWS : ROWS / 10) / 2;
            postgres.execute(
                    "UPDATE " + t + " SET v = v + 1 WHERE n / 10 % 30 = " + round,
                    "UPDATE " + t + " SET v = v + 1, big = 'short' WHERE n / 10 % 150 = " + (30 + round),
                    "DELETE FROM " + t + " WHERE n / 10 % 37 = " + round,
                    "INSERT INTO " + t + " SELECT n, " + key + ", 0, 'new' FROM (SELECT n + 1 + " + round % 4
                            + " AS n FROM " + t + " WHERE n % 10 = 0 AND n / 10 % 40 = " + round + ") AS s",
                    "INSERT INTO " + t + " SELECT n, " + key + ", 0, 'again' FROM generate_series(10, " + 2 * half
                            + ", 10) AS s(n) WHERE n / 10 % 37 = " + (round - 1) + " AND NOT EXISTS (SELECT FROM " + t
                            + " AS o WHERE o.n = s.n)");
        }
    }

    private static String moved(String key, String number) {
        return key.replaceAll("\\bn\\b", "(" + number + ")");
    }

    private static void move(String name, String key, int round) {
        for (String table : List.of("a", "b", "c")) {
            String t = name + "." + table;
            int half = 10 * (table.equals("b") ? ROWS : ROWS / 10) / 2;
            String forth = moved(key, "n + " + (half + 5));
            String back = moved(key, "n - " + (half + 3));
            postgres.execute(
                    "UPDATE " + t + " SET n = n + " + (half + 5) + ", k = " + forth
                            + ", v = v + 1 WHERE n % 10 = 0 AND n / 10 % 60 = " + round + " AND n <= " + half,
                    "UPDATE " + t + " SET n = n - " + (half + 3) + ", k = " + back
                            + ", v = v + 1 WHERE n % 10 = 0 AND n / 10 % 60 = " + (round + 7) + " AND n > "
                            + (half + 10));
        }
    }

    @Test
    void goesOnByItsKey() throws Exception {
        goesOn("ll_time", true, "timestamptz", "'2024-01-01'::timestamptz + n / 2000 * '1 h'::interval", "k, n");
    }

    @Tag("extended")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ll_num   | true  | int8                     | n                                       | k",
                "ll_text  | true  | text COLLATE \"C\"       | concat(chr(65 + (n % 50)::int), 'é ', n) | k",
                "ll_uuid  | true  | uuid                     | md5(n::text)::uuid                      | k",
                "ll_date  | true  | date                     | '2000-01-01'::date + (n / 100)::int     | k, n",
                "ll_dec   | true  | numeric(20,2)            | n / 4.0                                 | n, k",
                "ll_again | false | int8                     | n                                       | k",
                "ll_icu   | false | text COLLATE \"en-x-icu\" | concat(chr(65 + (n % 50)::int), n)       | k"
            })
    void goesOnByKeysOfEveryKind(String name, boolean exactlyOnce, String type, String key, String primary)
            throws Exception {
        goesOn(name, exactlyOnce, type, key, primary);
    }

    private static void goesOn(String name, boolean exactlyOnce, String type, String key, String primary)
            throws Exception {
        Map<String, String> config = mirror(name, type, key, primary);
        if (exactlyOnce) {
            config.put("exactly.once.support", "required");
        }
        String topic = name + "." + name + ".b";
        var store = new HandDrivenTask.Store();
        for (int life = 0; life < 2; life++) {
            int round = 2 * life;
            try (var first = new HandDrivenTask(store, config, 0, 2);
                    var second = new HandDrivenTask(store, config, 1, 2)) {
                copySome(topic, ROWS / 16, first, second);
                change(name, key, round + 1);
                move(name, key, round + 1);
                copySome(topic, ROWS / 16, first, second);
                if (!exactlyOnce) {
                    // Killed behind its last commit: these rows are in the topic, and nobody knows.
                    first.emit(first.poll());
                    second.emit(second.poll());
                }
            }
            assertThat(new StoredOffsets(store, name).phase()).isInstanceOf(Phase.Copying.class);
            Await.until("nobody holds the snapshot", () -> holders().equals("0"));
            change(name, key, round + 2);
            move(name, key, round + 2);
        }
        int before = rows(store, topic);
        try (var first = new HandDrivenTask(store, config, 0, 2);
                var second = new HandDrivenTask(store, config, 1, 2)) {
            Await.driving("the rest is being copied", () -> {
                first.acknowledge(first.poll());
                second.acknowledge(second.poll());
                return rows(store, topic) > before;
            });
            change(name, key, 5);
            move(name, key, 5);
            Await.driving("the stream begins", () -> {
                first.pass();
                second.pass();
                return new StoredOffsets(store, name).phase() instanceof Phase.Streaming;
            });
            change(name, key, 6);
            for (String table : List.of("a", "b", "c")) {
                TreeSet<String> expected = source(name + "." + table);
                Await.driving(table + " is equal", () -> {
                    first.pass();
                    return History.of(store.log(), name + "." + name + "." + table, false)
                            .rows()
                            .equals(expected);
                });
                if (exactlyOnce) {
                    assertThat(History.of(store.log(), name + "." + name + "." + table, true)
                                    .rows())
                            .isEqualTo(expected);
                }
            }
            assertThat(History.of(store.log(), topic, false).copied())
                    .as("rows that were read in all")
                    .isLessThan(ROWS + ROWS / 4);
        }
    }

    /** So many rows by each task, so that none comes to what is behind this table. */
    private static void copySome(String topic, int rows, HandDrivenTask... tasks) {
        int[] read = new int[tasks.length];
        Await.driving("rows are copied", () -> {
            for (int i = 0; i < tasks.length; i++) {
                if (read[i] < rows) {
                    List<SourceRecord> records = tasks[i].poll();
                    tasks[i].acknowledge(records);
                    read[i] += (int) records.stream()
                            .filter(record -> record.topic().equals(topic))
                            .count();
                }
            }
            return IntStream.of(read).allMatch(count -> count >= rows);
        });
    }

    private static int rows(HandDrivenTask.Store store, String topic) {
        int rows = 0;
        for (SourceRecord record : store.log()) {
            rows += record.topic().equals(topic) ? 1 : 0;
        }
        return rows;
    }

    private static String holders() {
        return postgres.queryOne("SELECT count(*)::text FROM pg_stat_activity WHERE application_name LIKE 'mr %'");
    }

    private static TreeSet<String> source(String table) throws SQLException {
        TreeSet<String> rows = new TreeSet<>();
        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT n, v, big FROM " + table)) {
            while (row.next()) {
                rows.add(row.getLong(1) + " " + row.getLong(2) + " " + FoldedTopic.shortened(row.getString(3)));
            }
        }
        return rows;
    }
}
