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
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The packed plugin in a worker of its own, as users run it. */
class WorkerIT {
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

    @Tag("extended")
    @Test
    void twoKillsOfTheWorkerLoseAndDoubleNothing() {
        killsLoseAndDoubleNothing(2);
    }

    @Tag("extended")
    @Test
    void fiveKillsOfTheWorkerLoseAndDoubleNothing() {
        killsLoseAndDoubleNothing(5);
    }

    private void killsLoseAndDoubleNothing(int kills) {
        String table = "events" + kills;
        SourceTable events = SourceTable.of("public", table)
                .key("id", Schema.INT32_SCHEMA)
                .column("v", Schema.OPTIONAL_STRING_SCHEMA);
        try (Topics topics = broker.topics()) {
            topics.create(events.topic(), PARTITIONS);
        }
        TopicLog log = new TopicLog();
        for (int i = 0; i < ROWS; i++) {
            log.writeTo(events.topic(), i % PARTITIONS).insert(events, i, "value of " + i);
        }
        TopicFiller.send(broker, log);
        worker.rest().put(table, config(table, events, "insert.mode", "append", "max.batch.size", "400"));
        for (int kill = 1; kill <= kills; kill++) {
            long wanted = ROWS / (kills + 2) * kill;
            Await.until(
                    "rows before kill " + kill, Duration.ofMinutes(2), () -> count(table) >= wanted, worker::logTail);
            worker.kill();
            worker.start();
        }
        Await.until("all rows", Duration.ofMinutes(3), () -> count(table) >= ROWS, worker::logTail);
        worker.rest().awaitRunning(table, 2);
        assertThat(target.rows("SELECT count(*), count(DISTINCT id), count(DISTINCT (id, __lsn)) FROM " + table))
                .containsExactly(ROWS + "|" + ROWS + "|" + ROWS);
        worker.rest().delete(table);
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
        TopicFiller.send(broker, log);
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

    /** Offsets, a resync and a pause, all by requests to the worker. */
    @Tag("extended")
    @Test
    void operatorsWorkThroughRest() {
        SourceTable told = SourceTable.of("public", "told").key("id", Schema.INT32_SCHEMA);
        try (Topics topics = broker.topics()) {
            topics.create(told.topic(), 1);
        }
        TopicFiller.send(broker, new TopicLog().insert(told, 1).insert(told, 2).insert(told, 3));
        worker.rest().put("told", config("told", told, "insert.mode", "append"));
        awaitRows("told", 3);
        worker.rest().stop("told");
        worker.rest().awaitState("told", "STOPPED");
        worker.rest()
                .alterOffset(
                        "told", Map.of("kafka_topic", told.topic(), "kafka_partition", 0), Map.of("kafka_offset", 1));
        worker.rest().resume("told");
        awaitRows("told", 5);
        worker.rest().put("told", config("told", told, "insert.mode", "append", "tables.resync", "public.told:once"));
        awaitRows("told", 3);
        worker.rest().put("told", config("told", told, "insert.mode", "append", "tables.paused", "public.told"));
        Await.until(
                "the pause in the view",
                Duration.ofMinutes(2),
                () -> target.rows("SELECT state FROM millrace_freshness").contains("paused"),
                worker::logTail);
        TopicFiller.send(broker, new TopicLog().insert(told, 4));
        assertThat(count("told")).isEqualTo(3);
        worker.rest().put("told", config("told", told, "insert.mode", "append"));
        awaitRows("told", 4);
        worker.rest().delete("told");
    }

    private void awaitRows(String table, long rows) {
        Await.until(rows + " rows in " + table, Duration.ofMinutes(2), () -> count(table) == rows, worker::logTail);
    }

    @Test
    void validationNamesTheKeyAtFault() {
        assertThat(errors("connection.password", "wrong")).containsOnlyKeys("connection.password");
        assertThat(errors("connection.url", "jdbc:postgresql://localhost:1/none"))
                .containsOnlyKeys("connection.url");
        assertThat(errors("connection.url", "postgres://x")).containsOnlyKeys("connection.url");
        assertThat(errors("insert.mode", "merge")).containsOnlyKeys("insert.mode");
        assertThat(errors("insert.mode", "update")).containsOnlyKeys("insert.mode");
        assertThat(errors("pk.mode", "kafka")).containsOnlyKeys("pk.mode");
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
}
