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
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three workers copy one table; one of them is killed in the middle. */
@Tag("extended")
class ClusterCopyIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROWS = 150_000;
    private static final int CHUNK = 5_000;
    private static final int SESSIONS = 3;

    @Test
    void onlyTheUnfinishedRangesOfAKilledWorkerAreReadAgain() throws Exception {
        WorkerOptions options = WorkerOptions.withModules("connect-source-pg")
                .group("three")
                .heap("384m")
                .with("offset.flush.interval.ms", "500");
        try (var postgres = PostgresServer.start();
                var broker = KafkaBroker.start();
                var first = ConnectWorker.process(broker, options);
                var second = ConnectWorker.process(broker, options);
                var third = ConnectWorker.process(broker, options);
                Topics topics = broker.topics()) {
            postgres.execute(
                    "CREATE SCHEMA three",
                    "CREATE TABLE three.t(id int8 PRIMARY KEY, pad text)",
                    "INSERT INTO three.t SELECT i, repeat(md5(i::text), 4) FROM generate_series(1, " + ROWS + ") i",
                    "ANALYZE");
            Map<String, String> config = CdcMirror.config(postgres, "three");
            config.put("tasks.max", "3");
            config.put("snapshot.rows.per.partition", Integer.toString(CHUNK));
            config.put("snapshot.max.parallel.workers", Integer.toString(SESSIONS));
            config.put("snapshot.tables.in.parallel", "1");
            AtomicBoolean watching = new AtomicBoolean(true);
            AtomicInteger most = new AtomicInteger();
            // A chunk is read in a few milliseconds: nothing but looking may take time between the looks.
            Thread watcher = new Thread(() -> {
                try (Connection session = postgres.connect();
                        PreparedStatement copying = session.prepareStatement(
                                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COPY (SELECT%'")) {
                    while (watching.get()) {
                        try (ResultSet row = copying.executeQuery()) {
                            row.next();
                            most.accumulateAndGet(row.getInt(1), Math::max);
                        }
                        pause();
                    }
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            first.rest().put("three", config);
            watcher.start();
            Await.until(
                    "a third is copied",
                    Duration.ofMinutes(2),
                    () -> topics.endOffset("three.three.t") >= ROWS / 3,
                    third::logTail);
            second.kill();
            Await.until(
                    "the stream has begun",
                    Duration.ofMinutes(3),
                    () -> postgres.queryOne("SELECT active::text FROM pg_replication_slots WHERE slot_name = 'three'")
                            .equals("true"),
                    () -> sessions(postgres) + third.logTail());
            watching.set(false);
            watcher.join();

            Set<Long> keys = new HashSet<>();
            Set<Long> snapshots = new HashSet<>();
            int records = 0;
            for (ConsumerRecord<byte[], byte[]> record : topics.readAll("three.three.t")) {
                JsonNode value = JSON.readTree(record.value());
                keys.add(value.get("after").get("id").asLong());
                snapshots.add(value.get("source").get("lsn").asLong());
                records++;
            }
            assertThat(keys).hasSize(ROWS);
            assertThat(snapshots).as("LSNs of the snapshots that were read").hasSize(1);
            assertThat(records - ROWS).as("rows that were read again").isLessThanOrEqualTo(ROWS / 4);
            assertThat(most.get()).as("COPY sessions at once").isBetween(1, SESSIONS);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(2);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String sessions(PostgresServer postgres) {
        return postgres.queryOne(
                "SELECT string_agg(concat_ws(' ', pid, application_name, state, wait_event, query_start,"
                        + " left(query, 300)), chr(10)) FROM pg_stat_activity WHERE usename = 'postgres'");
    }
}
