package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.KafkaBroker;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.Topics;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Signals that come when a mirror cannot follow them at once, and those that cannot be meant. */
@Tag("extended")
class QuerySignalsIT {
    private static PostgresServer postgres;
    private static KafkaBroker broker;
    private static KafkaProducer<String, String> producer;

    private final MemoryOffsets offsets = new MemoryOffsets();
    private String name = "";

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        broker = KafkaBroker.start();
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()), new StringSerializer(), new StringSerializer());
    }

    @AfterAll
    static void stop() {
        producer.close();
        broker.close();
        postgres.close();
    }

    @BeforeEach
    void prepare(TestInfo test) throws Exception {
        name = "s" + Integer.toHexString(test.getDisplayName().hashCode());
        postgres.execute("CREATE TABLE " + name + "(id bigserial PRIMARY KEY)");
        try (Topics topics = broker.topics()) {
            topics.create(name + "-signal", 1);
        }
    }

    @AfterEach
    void remove() {
        postgres.execute("DROP TABLE " + name);
    }

    private Map<String, String> config(String... further) {
        Map<String, String> config = QueryMirror.config(postgres, name, further);
        config.putIfAbsent("table", "public." + name);
        config.put("signal.enabled.channels", "kafka");
        config.put("signal.kafka.bootstrap.servers", broker.bootstrapServers());
        return config;
    }

    private void signal(String range) throws ExecutionException, InterruptedException {
        String text = "{\"id\": \"1\", \"type\": \"execute-snapshot\", \"data\": {\"data-collections\": [\"public."
                + name + "\"]" + range + "}}";
        producer.send(new ProducerRecord<>(name + "-signal", name, text)).get();
    }

    private static String range(String start, String end) {
        return ", \"start\": \"" + start + "\", \"end\": \"" + end + "\"";
    }

    private void insert(int rows) {
        postgres.execute("INSERT INTO " + name + " SELECT FROM generate_series(1, " + rows + ")");
    }

    private String topic() {
        return name + ".public." + name;
    }

    private Object stored(String key) {
        Map<String, Object> offset = offsets.offset(QueryKindsIT.partition(name, "public." + name));
        return offset == null ? "nothing" : String.valueOf(offset.get(key));
    }

    private void awaitStored(TaskRun run, String key, Object value) {
        run.await(key + "=" + value, all -> value.equals(stored(key)));
    }

    @Test
    void whatIsSentWhileAMirrorIsDownIsFollowedAndNothingOlder() throws Exception {
        signal(range("1", "9"));
        insert(10);
        Map<String, String> config = config("watermark.column", "id");
        try (TaskRun run = TaskRun.query(config, offsets)) {
            run.take(topic(), 10);
            awaitStored(run, "signals", "1");
            awaitStored(run, "watermark", "10");
            assertThat(run.of(topic())).hasSize(10);
        }
        signal(range("3", "5"));
        try (TaskRun run = TaskRun.query(config, offsets)) {
            assertThat(QueryMirror.field(run.take(topic(), 3), "id")).containsExactly(3L, 4L, 5L);
            awaitStored(run, "signals", "2");
        }
    }

    @Test
    void aRangeThatCannotBeMeantReadsNothing() throws Exception {
        insert(10);
        try (TaskRun run = TaskRun.query(config("watermark.column", "id"), offsets)) {
            run.take(topic(), 10);
            awaitStored(run, "signals", "0");
            signal(range("x", "5"));
            signal(range("5", "4"));
            signal(range("7", "7"));
            assertThat(QueryMirror.field(run.take(topic(), 11), "id").get(10)).isEqualTo(7L);
            awaitStored(run, "signals", "3");
            assertThat(run.of(topic())).hasSize(11);
        }
    }

    @Test
    void aSignalBeforeTheFirstRunWaitsForIt() throws Exception {
        try (TaskRun run = TaskRun.query(config("watermark.column", "id"), offsets)) {
            awaitStored(run, "signals", "0");
            signal(range("2", "3"));
            signal(range("4", "4"));
            insert(5);
            assertThat(QueryMirror.field(run.take(topic(), 8), "id").subList(5, 8))
                    .containsExactly(2L, 3L, 4L);
            awaitStored(run, "signals", "2");
        }
    }

    @Test
    void afterTheOnlyRunAMirrorStillFollows() throws Exception {
        insert(5);
        Map<String, String> config = config("watermark.column", "id", "initial.copy.only", "true");
        try (TaskRun run = TaskRun.query(config, offsets)) {
            run.take(topic(), 5);
            awaitStored(run, "watermark", "5");
            insert(1);
            signal(range("2", "9"));
            assertThat(QueryMirror.field(run.take(topic(), 9), "id").subList(5, 9))
                    .containsExactly(2L, 3L, 4L, 5L);
            awaitStored(run, "run.again", "null");
        }
        signal(range("1", "1"));
        try (TaskRun run = TaskRun.query(config, offsets)) {
            assertThat(QueryMirror.field(run.take(topic(), 1), "id")).containsExactly(1L);
        }
    }

    @Test
    void aWholeTableIsReadAgainAndHasNoRanges() throws Exception {
        insert(5);
        try (TaskRun run = TaskRun.query(config("mode", "full", "change.detection", "hash"), offsets)) {
            run.take(topic(), 5);
            awaitStored(run, "signals", "0");
            signal(range("2", "3"));
            signal("");
            run.take(topic(), 10);
            awaitStored(run, "signals", "2");
            awaitStored(run, "run.again", "null");
            assertThat(run.of(topic())).hasSize(10);
        }
    }
}
