package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TopicLog;
import io.millrace.testing.Await;
import io.millrace.testing.ConnectWorker;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.Topics;
import io.millrace.testing.WorkerOptions;
import io.millrace.testing.WorkerProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The packed plugin in a worker of its own, as users run it. */
class WorkerIT {
    private static final SourceTable EVENTS = SourceTable.of("public", "events")
            .key("id", Schema.INT32_SCHEMA)
            .column("v", Schema.OPTIONAL_STRING_SCHEMA);
    private static final SourceTable STOCK =
            SourceTable.of("public", "stock").key("id", Schema.INT32_SCHEMA).column("amount", Schema.INT32_SCHEMA);
    private static final int PARTITIONS = 3;
    private static final int ROWS = 40_000;

    private static PostgresServer server;
    private static KafkaBroker broker;
    private static WorkerProcess worker;

    private Target target;

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
        broker = KafkaBroker.start();
        // Small on purpose: buffers are bounded.
        worker = ConnectWorker.process(
                broker, WorkerOptions.withModules("connect-sink-pg").heap("256m"));
    }

    @BeforeEach
    void target() {
        target = new Target(server);
    }

    @AfterAll
    static void stop() {
        worker.close();
        broker.close();
        server.close();
    }

    private Map<String, String> config(String name, SourceTable table, String... more) {
        Map<String, String> config = new HashMap<>(target.config(more));
        config.put("name", name);
        config.put("connector.class", PostgresSinkConnector.class.getName());
        config.put("tasks.max", "2");
        config.put("topics", table.topic());
        config.put("consumer.override.max.poll.records", "500");
        // A killed consumer is missed after ten seconds instead of forty-five.
        config.put("consumer.override.session.timeout.ms", "10000");
        config.put("consumer.override.heartbeat.interval.ms", "2000");
        return config;
    }

    @Test
    void killsOfTheWorkerLoseAndDoubleNothing() {
        try (Topics topics = broker.topics()) {
            topics.create(EVENTS.topic(), PARTITIONS);
        }
        TopicLog log = new TopicLog();
        for (int i = 0; i < ROWS; i++) {
            log.writeTo(EVENTS.topic(), i % PARTITIONS).insert(EVENTS, i, "value of " + i);
        }
        send(log);
        worker.rest().put("appender", config("appender", EVENTS, "insert.mode", "append", "max.batch.size", "400"));
        for (int kill = 1; kill <= 4; kill++) {
            long wanted = ROWS / 6 * kill;
            Await.until(
                    "rows before kill " + kill,
                    Duration.ofMinutes(2),
                    () -> count("events") >= wanted,
                    worker::logTail);
            worker.kill();
            worker.start();
        }
        Await.until("all rows", Duration.ofMinutes(3), () -> count("events") >= ROWS, worker::logTail);
        worker.rest().awaitRunning("appender", 2);
        assertThat(target.rows("SELECT count(*), count(DISTINCT id), count(DISTINCT (id, __lsn)) FROM events"))
                .containsExactly(ROWS + "|" + ROWS + "|" + ROWS);
        worker.rest().delete("appender");
    }

    @Test
    void envelopesAreAppliedInOrder() {
        TopicLog log = new TopicLog();
        try (Topics topics = broker.topics()) {
            topics.create(STOCK.topic(), PARTITIONS);
        }
        int keys = 300;
        for (int round = 0; round < 20; round++) {
            for (int id = 0; id < keys; id++) {
                log.writeTo(STOCK.topic(), id % PARTITIONS);
                if (round > 0 && (id + round) % 7 == 0) {
                    log.delete(STOCK, id, 0);
                } else {
                    log.update(STOCK, id, round);
                }
            }
        }
        send(log);
        worker.rest().put("upserter", config("upserter", STOCK));
        List<String> expected = new java.util.ArrayList<>();
        for (int id = 0; id < keys; id++) {
            if ((id + 19) % 7 != 0) {
                expected.add(id + "|19");
            }
        }
        Await.until(
                "the last state",
                Duration.ofMinutes(2),
                () -> count("stock") > 0
                        && target.rows("SELECT id, amount FROM stock ORDER BY id")
                                .equals(expected),
                worker::logTail);
        worker.rest().delete("upserter");
    }

    @Test
    void validationNamesTheKeyAtFault() {
        assertThat(errors("connection.password", "wrong")).containsOnlyKeys("connection.password");
        assertThat(errors("connection.url", "jdbc:postgresql://localhost:1/none"))
                .containsOnlyKeys("connection.url");
        assertThat(errors("connection.url", "postgres://x")).containsOnlyKeys("connection.url");
        assertThat(errors("insert.mode", "merge")).containsOnlyKeys("insert.mode");
        assertThat(errors("insert.mode", "overwrite")).containsOnlyKeys("insert.mode");
        assertThat(errors("primary.key.mode", "none")).containsOnlyKeys("primary.key.mode");
        assertThat(errors("table.name.format", "${nope}")).containsOnlyKeys("table.name.format");
        assertThat(errors("insert.mood", "upsert")).containsOnlyKeys("insert.mood");
        assertThat(errors("delete.mode", "soft")).isEmpty();
    }

    private Map<String, List<String>> errors(String key, String value) {
        return worker.rest().validationErrors(config("checked", STOCK, key, value));
    }

    private long count(String table) {
        return target.rows("SELECT to_regclass('" + table + "')").contains("null")
                ? 0
                : Long.parseLong(target.rows("SELECT count(*) FROM " + table).get(0));
    }

    private static void send(TopicLog log) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", broker.bootstrapServers());
        JsonConverter keys = new JsonConverter();
        keys.configure(Map.of("schemas.enable", true), true);
        JsonConverter values = new JsonConverter();
        values.configure(Map.of("schemas.enable", true), false);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (TopicPartition partition : log.partitions()) {
                for (SinkRecord record : log.records(partition)) {
                    producer.send(new ProducerRecord<>(
                            partition.topic(),
                            partition.partition(),
                            keys.fromConnectData(partition.topic(), record.keySchema(), record.key()),
                            values.fromConnectData(partition.topic(), record.valueSchema(), record.value())));
                }
            }
            producer.flush();
        }
    }
}
