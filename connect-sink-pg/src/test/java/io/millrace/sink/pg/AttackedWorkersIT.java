package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TopicLog;
import io.millrace.testing.Await;
import io.millrace.testing.ConnectWorker;
import io.millrace.testing.KafkaBroker;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two workers with little heap: one is stopped and wakes, hundreds of tables come at once, offsets are altered. */
@Tag("extended")
class AttackedWorkersIT {
    private static final SourceTable EVENTS = SourceTable.of("public", "events")
            .key("id", Schema.INT32_SCHEMA)
            .column("v", Schema.OPTIONAL_STRING_SCHEMA);
    private static final int PARTITIONS = 4;
    private static final int ROWS = 60_000;
    private static final int TABLES = 200;
    private static final Duration LONG = Duration.ofMinutes(4);

    private static KafkaBroker broker;
    private static WorkerProcess one;
    private static WorkerProcess other;

    private final Target target = Target.fresh();

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
        WorkerOptions options = WorkerOptions.withModules("connect-sink-pg").heap("512m");
        one = ConnectWorker.process(broker, options);
        other = ConnectWorker.process(broker, options);
    }

    @AfterAll
    static void stop() {
        one.close();
        other.close();
        broker.close();
    }

    private Map<String, String> config(String name, String topics, String... more) {
        Map<String, String> config = new HashMap<>(target.config(more));
        config.put("name", name);
        config.put("connector.class", PostgresSinkConnector.class.getName());
        config.put("tasks.max", "2");
        config.put(topics.contains("*") ? "topics.regex" : "topics", topics);
        config.put("consumer.override.session.timeout.ms", "8000");
        config.put("consumer.override.heartbeat.interval.ms", "2000");
        return config;
    }

    @Test
    void aStoppedWorkerThatWakesLosesAndDoublesNothing() {
        try (Topics topics = broker.topics()) {
            topics.create(EVENTS.topic(), PARTITIONS);
        }
        TopicLog log = new TopicLog();
        for (int i = 0; i < ROWS; i++) {
            log.writeTo(EVENTS.topic(), i % PARTITIONS).insert(EVENTS, i, "value of " + i);
        }
        TopicFiller.send(broker, log);
        Map<String, String> config = config("woken", EVENTS.topic(), "insert.mode", "append", "max.batch.size", "300");
        config.put("consumer.override.max.poll.records", "200");
        one.rest().put("woken", config);
        for (int round = 1; round <= 4; round++) {
            WorkerProcess stopped = round % 2 == 0 ? one : other;
            WorkerProcess going = round % 2 == 0 ? other : one;
            long begin = ROWS / 20L * (4 * round - 3);
            Await.until("rows before round " + round, LONG, () -> count("events") >= begin, going::logTail);
            stopped.pause();
            long more = Math.min(ROWS, count("events") + ROWS / 20);
            Await.until("rows without it", LONG, () -> count("events") >= more, going::logTail);
            stopped.resume();
        }
        Await.until("all rows", LONG, () -> count("events") >= ROWS, one::logTail);
        one.rest().awaitRunning("woken", 2);
        assertThat(target.rows("SELECT count(*), count(DISTINCT id) FROM events"))
                .containsExactly(ROWS + "|" + ROWS);
        one.rest().delete("woken");
    }

    @Test
    void twoHundredTablesAtOnceFitIntoASmallHeap() {
        TopicLog log = new TopicLog();
        int rows = 400;
        String value = "x".repeat(1000);
        for (int i = 0; i < TABLES * rows; i++) {
            SourceTable table = SourceTable.of("public", "many" + i % TABLES)
                    .key("id", Schema.INT32_SCHEMA)
                    .column("v", Schema.OPTIONAL_STRING_SCHEMA);
            log.insert(table, i, value);
        }
        try (Topics topics = broker.topics()) {
            log.partitions().forEach(partition -> topics.create(partition.topic(), 1));
        }
        TopicFiller.send(broker, log);
        one.rest().put("many", config("many", "mirror.public.many.*"));
        Await.until("all tables", LONG, () -> tables() == TABLES, one::logTail);
        Await.until(
                "all rows",
                LONG,
                () -> target.rows("SELECT sum(next) FROM millrace_ledger").equals(List.of(TABLES * rows + "")),
                one::logTail);
        for (int table = 0; table < TABLES; table += 37) {
            assertThat(count("many" + table)).isEqualTo(rows);
        }
        one.rest().awaitRunning("many", 2);
        assertThat(one.alive() && other.alive()).isTrue();
        one.rest().delete("many");
    }

    @Test
    void offsetsAlteredThroughRestMoveTheLedger() {
        SourceTable stock = SourceTable.of("public", "stock").key("id", Schema.INT32_SCHEMA);
        try (Topics topics = broker.topics()) {
            topics.create(stock.topic(), 1);
        }
        TopicLog log = new TopicLog();
        for (int i = 0; i < 10; i++) {
            log.insert(stock, i);
        }
        TopicFiller.send(broker, log);
        one.rest().put("altered", config("altered", stock.topic()));
        Await.until("rows", LONG, () -> count("stock") == 10, one::logTail);
        one.rest().stop("altered");
        one.rest().awaitState("altered", "STOPPED");
        target.execute("DELETE FROM stock");
        one.rest()
                .alterOffset(
                        "altered",
                        Map.of("kafka_topic", stock.topic(), "kafka_partition", 0),
                        Map.of("kafka_offset", 4));
        assertThat(target.rows("SELECT next FROM millrace_ledger WHERE target <> ''"))
                .containsExactly("4");
        one.rest().resume("altered");
        Await.until("the rows behind the offset", LONG, () -> count("stock") == 6, one::logTail);
        assertThat(target.rows("SELECT min(id) FROM stock")).containsExactly("4");
        one.rest().delete("altered");
    }

    private long tables() {
        return Long.parseLong(target.rows("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'many%'")
                .get(0));
    }

    private long count(String table) {
        return target.rows("SELECT to_regclass('" + table + "')").contains("null")
                ? 0
                : Long.parseLong(target.rows("SELECT count(*) FROM " + table).get(0));
    }
}
