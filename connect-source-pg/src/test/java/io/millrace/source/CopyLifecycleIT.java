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
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What operators do in the middle of a copy. With exactly-once, so that a row that is read twice shows. */
@Tag("extended")
class CopyLifecycleIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROWS = 200_000;
    private static PostgresServer postgres;
    private static KafkaBroker broker;
    private static ConnectWorker worker;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        broker = KafkaBroker.start();
        worker = ConnectWorker.embedded(
                broker, WorkerOptions.withModules("connect-source-pg").with("exactly.once.source.support", "enabled"));
    }

    @AfterAll
    static void stop() {
        worker.close();
        broker.close();
        postgres.close();
    }

    private static Map<String, String> begin(String name) {
        postgres.execute(
                "CREATE SCHEMA " + name,
                "CREATE TABLE " + name + ".t(id int8 PRIMARY KEY, pad text)",
                "INSERT INTO " + name + ".t SELECT i, repeat(md5(i::text), 4) FROM generate_series(1, " + ROWS + ") i",
                "ANALYZE");
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put("exactly.once.support", "required");
        config.put("snapshot.rows.per.partition", "20000");
        config.put("max.queue.size.in.bytes", "500000");
        worker.rest().put(name, config);
        awaitSome(name);
        return config;
    }

    private static void awaitSome(String name) {
        try (Topics topics = broker.topics()) {
            Await.until(
                    "some is copied",
                    Duration.ofMinutes(1),
                    () -> topics.endOffset(topic(name)) >= ROWS / 10,
                    worker::logTail);
            assertThat(topics.endOffset(topic(name)))
                    .as("records when it is interrupted")
                    .isLessThan(ROWS);
        }
    }

    /** The LSNs of the snapshots that the rows came from; every row has come once. */
    private static Set<Long> snapshots(String name) throws Exception {
        try (Topics topics = broker.topics()) {
            topics.read(topic(name), ROWS, Duration.ofMinutes(1));
            postgres.execute("INSERT INTO " + name + ".t VALUES (" + (ROWS + 1) + ", 'last')");
            topics.read(topic(name), ROWS + 1, Duration.ofMinutes(1));
            Set<Long> keys = new HashSet<>();
            Set<Long> snapshots = new HashSet<>();
            int records = 0;
            for (ConsumerRecord<byte[], byte[]> record : topics.readAll(topic(name))) {
                JsonNode value = JSON.readTree(record.value());
                keys.add(value.get("after").get("id").asLong());
                if (value.get("op").asText().equals("r")) {
                    snapshots.add(value.get("source").get("lsn").asLong());
                }
                records++;
            }
            assertThat(keys).hasSize(ROWS + 1);
            assertThat(records).isEqualTo(ROWS + 1);
            return snapshots;
        }
    }

    private static String topic(String name) {
        return name + "." + name + ".t";
    }

    @Test
    void pausedAndResumedItGoesOn() throws Exception {
        begin("paused");
        worker.rest().pause("paused");
        worker.rest().awaitState("paused", "PAUSED");
        worker.rest().resume("paused");
        assertThat(snapshots("paused")).hasSize(1);
        worker.rest().delete("paused");
    }

    @Test
    void stoppedAndResumedItGoesOnFromTheSameSnapshot() throws Exception {
        begin("stopped");
        worker.rest().stop("stopped");
        worker.rest().awaitState("stopped", "STOPPED");
        worker.rest().resume("stopped");
        assertThat(snapshots("stopped")).hasSize(1);
        worker.rest().delete("stopped");
    }

    @Test
    void withMoreTasksItGoesOnFromTheSameSnapshot() throws Exception {
        Map<String, String> config = begin("more");
        config.put("tasks.max", "4");
        worker.rest().put("more", config);
        worker.rest().awaitRunning("more", 4);
        assertThat(snapshots("more")).hasSize(1);
        worker.rest().delete("more");
    }

    @Test
    void withItsOffsetsDeletedItBeginsAnew() {
        begin("anew");
        worker.rest().stop("anew");
        worker.rest().awaitState("anew", "STOPPED");
        worker.rest().deleteOffsets("anew");
        postgres.execute("SELECT pg_drop_replication_slot('anew')");
        try (Topics topics = broker.topics()) {
            long before = topics.endOffset(topic("anew"));
            worker.rest().resume("anew");
            assertThat(topics.readAll(topic("anew"))).hasSizeLessThan(ROWS);
            Await.until(
                    "all is copied again",
                    Duration.ofMinutes(1),
                    () -> topics.endOffset(topic("anew")) >= before + ROWS,
                    worker::logTail);
        }
        worker.rest().delete("anew");
    }
}
