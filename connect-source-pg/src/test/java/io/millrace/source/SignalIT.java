package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Headers;
import io.millrace.core.Manifest;
import io.millrace.source.window.CopyState;
import io.millrace.testing.Await;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.Topics;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Signals to a running mirror, by its table and by a topic, and what it tells of what they ask for. */
class SignalIT {
    private static final int ROWS = 3000;
    private static PostgresServer postgres;

    private String name = "";
    private MirrorRun run;

    @BeforeAll
    static void startServer() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        postgres.close();
    }

    @BeforeEach
    void start(TestInfo test) {
        name = "s" + Integer.toHexString(test.getDisplayName().hashCode());
        postgres.execute(
                "CREATE SCHEMA " + name,
                "CREATE TABLE " + name + ".keyed (id int PRIMARY KEY, color text)",
                "INSERT INTO " + name + ".keyed SELECT i, CASE WHEN i % 10 = 0 THEN 'blue' ELSE 'red' END"
                        + " FROM generate_series(1, " + ROWS + ") i",
                "CREATE TABLE " + name + ".keyless (a int, b text)",
                "INSERT INTO " + name + ".keyless VALUES (1, 'x'), (1, 'x'), (NULL, NULL)",
                "CREATE TABLE " + name + ".signals (id varchar(42) PRIMARY KEY, type varchar(32) NOT NULL, data text)");
        run = MirrorRun.first(config());
        await("the stream has begun", () -> run.stored(CopyState.partition(name)) != null);
    }

    @AfterEach
    void stop() throws InterruptedException {
        run.close();
    }

    private Map<String, String> config() {
        Map<String, String> config = CdcMirror.config(postgres, name);
        // The signal table is captured without being listed.
        config.put("table.include.list", name + "\\.key.*");
        config.put("signal.data.collection", name + ".signals");
        config.put("incremental.snapshot.chunk.size", "100");
        config.put("notification.enabled.channels", "log,sink");
        config.put("notification.sink.topic.name", "notices-" + name);
        config.put("heartbeat.interval.ms", "100");
        return config;
    }

    private void await(String what, java.util.function.BooleanSupplier condition) {
        Await.until(what, () -> {
            run.check();
            return condition.getAsBoolean();
        });
    }

    private void signal(String id, String type, String data) {
        postgres.execute("INSERT INTO " + name + ".signals VALUES ('" + id + "', '" + type + "', '"
                + data.replace("'", "''") + "')");
    }

    /** Rows that were copied while streaming. */
    private List<SourceRecord> copied(String table) {
        return run.records(name + "." + name + "." + table).stream()
                .filter(record -> record.value() instanceof Struct value
                        && value.getStruct("source").getString("snapshot").equals("incremental"))
                .toList();
    }

    private List<String> notices(String id) {
        return run.records("notices-" + name).stream()
                .map(record -> (Struct) record.value())
                .filter(notice -> notice.getString("id").equals(id))
                .map(notice -> notice.getString("type"))
                .distinct()
                .toList();
    }

    private void awaitNotice(String id, String type) {
        await(id + " is " + type, () -> notices(id).contains(type));
    }

    /** Waits until the stream has passed all that happened before. */
    private void awaitMarker(int id) {
        postgres.execute("INSERT INTO " + name + ".keyed VALUES (" + id + ", 'marker')");
        await("the marker " + id + " has come", () -> run.records(name + "." + name + ".keyed").stream()
                .anyMatch(record -> record.key().toString().equals("Struct{id=" + id + "}")));
    }

    @Test
    void copiesWhatASignalNamesWithAFilterAndTellsOfIt() throws Exception {
        signal(
                "blue",
                "execute-snapshot",
                "{\"data-collections\": [\"" + name + ".keyed\"], \"type\": \"incremental\", \"additional-conditions\":"
                        + " [{\"data-collection\": \"" + name + ".keyed\", \"filter\": \"color = 'blue'\"}]}");
        awaitNotice("blue", "COMPLETED");
        assertThat(copied("keyed")).hasSize(ROWS / 10);
        assertThat(notices("blue")).containsExactly("STARTED", "IN_PROGRESS", "TABLE_SCAN_COMPLETED", "COMPLETED");
        Struct scanned = run.records("notices-" + name).stream()
                .map(record -> (Struct) record.value())
                // The initial copy tells of its tables too.
                .filter(notice -> notice.getString("id").equals("blue"))
                .filter(notice -> notice.getString("type").equals("TABLE_SCAN_COMPLETED"))
                .findFirst()
                .orElseThrow();
        assertThat(scanned.getString("aggregate_type")).isEqualTo("Incremental Snapshot");
        assertThat(scanned.<String, String>getMap("additional_data"))
                .containsEntry("total_rows_scanned", "300")
                .containsEntry("scanned_collection", name + ".keyed")
                .containsEntry("status", "SUCCEEDED")
                .containsEntry("connector_name", name);
        // The signal is a row like any other, as it is with Debezium.
        assertThat(run.records(name + "." + name + ".signals")).hasSize(1);

        // After a restart that forgets nothing and one that forgets what was not stored, it is not followed again.
        run.stop();
        run = run.next(config());
        awaitMarker(10_001);
        run.kill();
        run = run.next(config());
        awaitMarker(10_002);
        assertThat(copied("keyed")).hasSize(ROWS / 10);
    }

    @Test
    void copiesAtOnePointWithoutAKeyOrWhereTheStreamIsToWait() {
        signal("whole", "execute-snapshot", "{\"data-collections\": [\"" + name + ".keyless\"]}");
        awaitNotice("whole", "COMPLETED");
        assertThat(copied("keyless")).hasSize(3);
        signal(
                "blocking",
                "execute-snapshot",
                "{\"data-collections\": [\"" + name + "\\\\.key.*\"], \"type\": \"BLOCKING\"}");
        awaitNotice("blocking", "COMPLETED");
        assertThat(copied("keyless")).hasSize(6);
        assertThat(copied("keyed")).hasSize(ROWS);
    }

    @Test
    void copiesIntoATopicThatNamesTheSnapshot() {
        signal(
                "monday 1",
                "execute-snapshot",
                "{\"data-collections\": [\"" + name + "\\\\.key.*\"], \"own-topic\": true}");
        awaitNotice("monday 1", "COMPLETED");
        String topic = name + "." + name + ".keyed.monday_1";
        List<SourceRecord> rows = run.records(topic);
        assertThat(rows).hasSize(ROWS);
        assertThat(run.records(name + "." + name + ".keyless.monday_1")).hasSize(3);
        assertThat(copied("keyed")).isEmpty();
        List<Manifest> manifests = run.records(Manifest.topic(name)).stream()
                .map(record -> Manifest.of((Struct) record.value()))
                .filter(manifest -> manifest.table().equals("keyed"))
                .toList();
        assertThat(manifests).extracting(Manifest::kind).containsExactly(Manifest.Kind.BEGIN, Manifest.Kind.END);
        Manifest end = manifests.get(1);
        assertThat(end.topic()).isEqualTo(topic);
        assertThat(end.lastOffsets()).containsExactly(Map.entry(new TopicPartition(topic, 0), ROWS - 1L));
        assertThat(rows).allSatisfy(row -> assertThat(
                        row.headers().lastWithName(Headers.GENERATION).value())
                .isEqualTo(end.generation()));
    }

    @Test
    void pausesResumesAndStops() {
        String all = "{\"data-collections\": [\"" + name + ".keyed\"]}";
        signal("p", "pause-snapshot", "{\"type\": \"incremental\"}");
        signal("later", "execute-snapshot", all);
        awaitMarker(10_001);
        assertThat(copied("keyed")).isEmpty();
        signal("r", "resume-snapshot", "{\"type\": \"incremental\"}");
        awaitNotice("later", "COMPLETED");
        assertThat(copied("keyed")).hasSizeBetween(ROWS, ROWS + 1);

        int before = copied("keyed").size();
        signal("p2", "pause-snapshot", "");
        signal("never", "execute-snapshot", all);
        signal("s", "stop-snapshot", all);
        signal("r2", "resume-snapshot", "");
        awaitNotice("never", "STOPPED");
        awaitMarker(10_002);
        assertThat(copied("keyed")).hasSize(before);
    }

    @Test
    void whatIsNoGoodIsPassedOver() {
        signal("1", "execute-snapshot", "not json");
        signal("2", "execute-snapshot", "{\"data-collections\": [\"" + name + ".nothing\"]}");
        signal("3", "dance", "{}");
        signal(
                "4",
                "execute-snapshot",
                "{\"data-collections\": [\"" + name + ".keyed\"], \"additional-condition\": \"no_column = 1\"}");
        signal(
                "5",
                "execute-snapshot",
                "{\"data-collections\": [\"" + name + ".keyed\"], \"additional-condition\": \"1=1) TO STDOUT --\"}");
        signal("6", "log", "{\"message\": \"here {}\"}");
        awaitNotice("4", "ABORTED");
        awaitNotice("5", "ABORTED");
        awaitMarker(10_001);
        assertThat(copied("keyed")).isEmpty();
    }

    @Test
    @Tag("extended")
    void followsATopicFromWhereItWas() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start();
                Topics topics = broker.topics();
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrapServers()),
                        new StringSerializer(),
                        new StringSerializer())) {
            topics.create("asked", 1);
            run.stop();
            Map<String, String> config = config();
            config.put("signal.enabled.channels", "source,kafka");
            config.put("signal.kafka.topic", "asked");
            config.put("signal.kafka.bootstrap.servers", broker.bootstrapServers());
            String execute = "{\"id\": \"%s\", \"type\": \"execute-snapshot\", \"data\": {\"data-collections\": [\""
                    + name + ".keyed\"]}}";
            producer.send(new ProducerRecord<>("asked", name, execute.formatted("long-ago")))
                    .get();
            run = run.next(config);
            await("the topic's end is known", () -> run.stored(SignalStart.partition(name)) != null);
            run.stop();
            producer.send(new ProducerRecord<>("asked", name, execute.formatted("meanwhile")))
                    .get();
            run = run.next(config);
            awaitNotice("meanwhile", "COMPLETED");
            assertThat(notices("long-ago")).isEmpty();
            assertThat(copied("keyed")).hasSize(ROWS);
            producer.send(new ProducerRecord<>("asked", "another", execute.formatted("not-mine")));
            producer.send(new ProducerRecord<>("asked", name, "}{"));
            producer.send(new ProducerRecord<>("asked", name, execute.formatted("mine")))
                    .get();
            awaitNotice("mine", "COMPLETED");
            assertThat(copied("keyed")).hasSize(2 * ROWS);
            run.stop();
            run = run.next(config);
            producer.send(new ProducerRecord<>("asked", name, execute.formatted("again")))
                    .get();
            awaitNotice("again", "COMPLETED");
            assertThat(copied("keyed")).hasSize(3 * ROWS);
            assertThat(notices("not-mine")).isEmpty();
            assertThat(notices("long-ago")).isEmpty();
        }
    }
}
