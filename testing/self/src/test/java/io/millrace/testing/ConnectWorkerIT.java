package io.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectWorkerIT {
    private static KafkaBroker broker;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** Kafka's own file connector: the runtime has it on its class path, as a plugin without an archive. */
    private Map<String, String> fileSource(String topic) {
        return Map.of(
                "connector.class", "org.apache.kafka.connect.file.FileStreamSourceConnector",
                "tasks.max", "1",
                "file", folder.resolve("lines.txt").toString(),
                "topic", topic,
                "value.converter", "org.apache.kafka.connect.storage.StringConverter");
    }

    private static List<String> lines(Topics topics, String topic, int count) {
        return topics.read(topic, count, Duration.ofMinutes(3)).stream()
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void embeddedWorkerRunsAConnectorThroughItsLife() throws IOException {
        Files.writeString(folder.resolve("lines.txt"), "one\ntwo\n");
        var options = WorkerOptions.withModules().group("embedded");
        try (var worker = ConnectWorker.embedded(broker, options);
                var topics = broker.topics()) {
            ConnectRest rest = worker.rest();
            assertThat(rest.validationErrors(Map.of(
                            "connector.class", "org.apache.kafka.connect.file.FileStreamSourceConnector",
                            "name", "bad",
                            "tasks.max", "0",
                            "topic", "t")))
                    .containsKey("tasks.max");
            rest.createStopped("lines", fileSource("embedded-lines"));
            rest.awaitState("lines", "STOPPED");
            rest.alterOffset(
                    "lines", Map.of("filename", folder.resolve("lines.txt").toString()), Map.of("position", 4));
            rest.resume("lines");
            rest.awaitRunning("lines", 1);
            assertThat(lines(topics, "embedded-lines", 1)).containsExactly("two");
            Await.until(
                    "the offset is stored",
                    () -> rest.offsets("lines").at("/offsets/0/offset/position").asLong() == 8);
            rest.delete("lines");
            assertThat(rest.connectors()).isEmpty();
        }
    }

    @Tag("extended")
    @Test
    void processIsKilledAndComesBackWhereItWas() throws IOException {
        Files.writeString(folder.resolve("lines.txt"), "one\n");
        var options = WorkerOptions.withModules().group("process").heap("256m");
        try (var worker = ConnectWorker.process(broker, options);
                var topics = broker.topics()) {
            worker.rest().put("lines", fileSource("process-lines"));
            worker.rest().awaitRunning("lines", 1);
            assertThat(lines(topics, "process-lines", 1)).containsExactly("one");
            Await.until(
                    "the offset is stored",
                    () -> worker.rest().offsets("lines").at("/offsets").size() == 1);
            worker.kill();
            assertThat(worker.alive()).isFalse();
            Files.writeString(folder.resolve("lines.txt"), "one\ntwo\n");
            worker.start();
            worker.rest().awaitRunning("lines", 1);
            assertThat(lines(topics, "process-lines", 2)).containsExactly("one", "two");
            worker.pause();
            assertThat(worker.rest().healthy()).isFalse();
            worker.resume();
            Await.until("it is healthy again", () -> worker.rest().healthy());
            assertThat(worker.cpuTime()).isPositive();
        }
    }

    @Test
    void readingATopicThatIsNotThereWaitsAndFindsNothing() {
        try (var topics = broker.topics()) {
            assertThat(topics.read("absent", 1, Duration.ofMillis(200))).isEmpty();
        }
    }

    @Test
    @Tag("extended")
    void workersOfOneGroupFormACluster() {
        var options = WorkerOptions.withModules().group("cluster").heap("256m");
        try (var first = ConnectWorker.embedded(broker, options);
                var second = ConnectWorker.process(broker, options)) {
            first.rest().put("idle", fileSource("cluster-lines"));
            second.rest().awaitRunning("idle", 1);
            assertThat(second.rest().connectors()).containsExactly("idle");
        }
    }

    @Test
    void aWorkerThatCannotStartSaysWhy() {
        var options = WorkerOptions.withModules().group("broken").with("key.converter", "no.such.Converter");
        assertThatThrownBy(() -> ConnectWorker.process(broker, options).close())
                .hasMessageContaining("no.such.Converter");
        assertThatThrownBy(() -> ConnectWorker.embedded(broker, options).close())
                .hasMessageContaining("no.such.Converter");
    }
}
