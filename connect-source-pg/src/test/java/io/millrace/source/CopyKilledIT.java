package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.testing.Await;
import io.millrace.testing.ConnectWorker;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.Topics;
import io.millrace.testing.WorkerOptions;
import io.millrace.testing.WorkerProcess;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The worker is killed again and again while tables are copied and change: every key of the topic ends as the source
 * has it, rows deleted during the copy included.
 */
@Tag("extended")
class CopyKilledIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROWS = 100_000;
    private static final int KILLS = 2;
    private static final String LONG_TEXT = "repeat(md5(i::text) || md5((i * 7)::text), 60)";

    @Test
    void endsEqualAfterEveryKill() throws Exception {
        try (var postgres = PostgresServer.start();
                var broker = KafkaBroker.start();
                var worker = ConnectWorker.process(
                        broker, WorkerOptions.withModules("connect-source-pg").heap("512m"));
                Topics topics = broker.topics()) {
            postgres.execute(
                    "CREATE SCHEMA killed",
                    "CREATE TABLE killed.t(id int8 PRIMARY KEY, n int8 NOT NULL, big text)",
                    "ALTER TABLE killed.t ALTER big SET STORAGE EXTERNAL",
                    "INSERT INTO killed.t SELECT i, 0, CASE WHEN i % 100 = 0 THEN " + LONG_TEXT
                            + " END FROM generate_series(1, " + ROWS + ") i",
                    "CREATE TABLE killed.small(id int4 PRIMARY KEY, n int8)",
                    "INSERT INTO killed.small SELECT i, i FROM generate_series(1, 500) i",
                    "ANALYZE");
            Map<String, String> config = CdcMirror.config(postgres, "killed");
            config.put("snapshot.rows.per.partition", "10000");
            // Slow enough for the small table's end to be stored before a kill.
            config.put("max.queue.size.in.bytes", "200000");
            AtomicBoolean writing = new AtomicBoolean(true);
            worker.rest().put("killed", config);
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(postgres, writing));
            int kills = 0;
            long rows = 0;
            while (kills < KILLS) {
                long target = rows + ROWS / 5;
                Await.until(
                        "more is copied",
                        Duration.ofMinutes(2),
                        () -> topics.endOffset("killed.killed.t") >= target,
                        worker::logTail);
                Await.until(
                        "the small table is stored",
                        Duration.ofMinutes(2),
                        () -> worker.rest().offsets("killed").toString().contains("killed.small"),
                        worker::logTail);
                kill(worker);
                kills++;
                rows = topics.endOffset("killed.killed.t");
            }
            Await.until(
                    "the stream has begun",
                    Duration.ofMinutes(2),
                    () -> postgres.queryOne("SELECT active::text FROM pg_replication_slots WHERE slot_name = 'killed'")
                            .equals("true"),
                    worker::logTail);
            Thread.sleep(2000);
            kill(worker);
            writing.set(false);
            writer.join();
            postgres.execute("INSERT INTO killed.small VALUES (100000, 1)");
            // The row alone would not tell: a copy that is made again may bring it before older changes.
            String end = postgres.queryOne("SELECT pg_current_wal_lsn()::text");
            Await.until(
                    "everything is streamed and stored",
                    Duration.ofMinutes(5),
                    () -> postgres.queryOne("SELECT (confirmed_flush_lsn >= '" + end
                                    + "')::text FROM pg_replication_slots WHERE slot_name = 'killed'")
                            .equals("true"),
                    worker::logTail);
            assertThat(worker.log(100_000)).contains("Copying 1 of 2 tables");
            assertThat(folded(topics, "killed.killed.small")).isEqualTo(source(postgres, "killed.small", "NULL::text"));
            Map<String, String> expected = source(postgres, "killed.t", "md5(big)");
            Map<String, String> actual = folded(topics, "killed.killed.t");
            assertThat(differences(expected, actual)).isEmpty();
        }
    }

    private static List<String> differences(Map<String, String> expected, Map<String, String> actual) {
        Set<String> keys = new TreeSet<>(expected.keySet());
        keys.addAll(actual.keySet());
        return keys.stream()
                .filter(key -> !Objects.equals(expected.get(key), actual.get(key)))
                .map(key -> key + ": " + actual.get(key) + " for the source's " + expected.get(key))
                .toList();
    }

    private static void kill(WorkerProcess worker) {
        worker.kill();
        worker.start();
    }

    /** Inserts, updates with and without the TOASTed column, deletes and key changes, in small transactions. */
    private static void write(PostgresServer postgres, AtomicBoolean on) {
        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement()) {
            for (long i = 1; on.get(); i++) {
                long some = i * 7919 % ROWS + 1;
                statement.execute("UPDATE killed.t SET n = n + 1 WHERE id BETWEEN " + some + " AND " + (some + 3));
                statement.execute("DELETE FROM killed.t WHERE id = " + (i * 104729 % ROWS + 1));
                statement.execute("INSERT INTO killed.t VALUES (" + (ROWS + i) + ", 0, 'new')");
                statement.execute(
                        "UPDATE killed.t SET id = " + (10L * ROWS + i) + " WHERE id = (SELECT id FROM killed.t"
                                + " WHERE id > " + (i * 15485863 % ROWS) + " ORDER BY id LIMIT 1)");
                statement.execute("UPDATE killed.small SET n = n + 1 WHERE id = " + (i % 500 + 1));
                Thread.sleep(5);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> source(PostgresServer postgres, String table, String big) throws Exception {
        Map<String, String> rows = new HashMap<>();
        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id::text, n::text, " + big + " FROM " + table)) {
            while (row.next()) {
                rows.put(row.getString(1), row.getString(2) + " " + row.getString(3));
            }
        }
        return rows;
    }

    /** The last state of every key, as an upserting consumer has it: an unchanged TOAST value keeps what was there. */
    private static Map<String, String> folded(Topics topics, String topic) {
        Map<String, String> rows = new HashMap<>();
        Map<String, String> bigs = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : topics.readAll(topic)) {
            try {
                if (record.value() == null) {
                    continue;
                }
                String key = JSON.readTree(record.key()).get("id").asText();
                JsonNode value = JSON.readTree(record.value());
                JsonNode after = value.get("after");
                if (after == null || after.isNull()) {
                    rows.remove(key);
                    bigs.remove(key);
                    continue;
                }
                JsonNode big = after.get("big");
                if (big == null || !big.asText().equals("__debezium_unavailable_value")) {
                    bigs.put(key, big == null || big.isNull() ? "null" : md5(big.asText()));
                } else if (!bigs.containsKey(key)) {
                    // Only in a replay window, for a row that is gone by the new snapshot.
                    assertThat(record.headers().lastHeader("millrace.replay") != null
                                    || record.headers().lastHeader("millrace.gone") != null)
                            .as("a partial update of absent row %s outside a replay window", key)
                            .isTrue();
                    continue;
                }
                rows.put(key, after.get("n").asText() + " " + bigs.get(key));
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
        return rows;
    }

    private static String md5(String text) {
        try {
            byte[] digest = java.security.MessageDigest.getInstance("MD5")
                    .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return java.util.HexFormat.of().formatHex(digest);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
