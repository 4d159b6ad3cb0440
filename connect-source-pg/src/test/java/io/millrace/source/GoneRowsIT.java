package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Headers;
import io.millrace.testing.ConnectWorker;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.Topics;
import io.millrace.testing.WorkerOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A row whose key changed, with a TOAST value that the WAL does not have, and that has gone by the time it is read. */
class GoneRowsIT {
    @Tag("extended")
    @Test
    void itsFurtherUpdatesSayThatItIsGoneToo() {
        try (PostgresServer server = PostgresServer.start();
                KafkaBroker broker = KafkaBroker.start();
                ConnectWorker worker = ConnectWorker.embedded(broker, WorkerOptions.withModules("connect-source-pg"))) {
            server.execute(
                    "CREATE SCHEMA gone",
                    "CREATE TABLE gone.docs (slug text PRIMARY KEY, title text, body text NOT NULL)",
                    "ALTER TABLE gone.docs ALTER body SET STORAGE EXTERNAL",
                    "INSERT INTO gone.docs SELECT s, 'old', repeat('body', 2000) FROM unnest('{a,stays}'::text[]) s");
            worker.rest().put("gone", CdcMirror.config(server, "gone"));
            try (Topics topics = broker.topics()) {
                assertThat(topics.read("gone.gone.docs", 2, Duration.ofSeconds(60)))
                        .hasSize(2);
                worker.rest().stop("gone");
                worker.rest().awaitState("gone", "STOPPED");
                // All of it happens before the stream sees any of it.
                server.execute(
                        "UPDATE gone.docs SET slug = 'b' WHERE slug = 'a'",
                        "UPDATE gone.docs SET title = 'new' WHERE slug = 'b'",
                        "UPDATE gone.docs SET title = 'new' WHERE slug = 'stays'",
                        "UPDATE gone.docs SET slug = 'c' WHERE slug = 'b'");
                worker.rest().resume("gone");

                // d a, tombstone, c b, u b, u stays, d b, tombstone, c c
                List<ConsumerRecord<byte[], byte[]>> records =
                        topics.read("gone.gone.docs", 10, Duration.ofSeconds(60));
                assertThat(records).hasSize(10);
                assertThat(isGone(records.get(4))).as("c b").isTrue();
                assertThat(isGone(records.get(5))).as("u b").isTrue();
                assertThat(isGone(records.get(6))).as("u stays").isFalse();
                assertThat(isGone(records.get(9))).as("c c").isFalse();
                assertThat(text(records.get(9))).contains("bodybody").contains("\"new\"");
            }
        }
    }

    private static boolean isGone(ConsumerRecord<byte[], byte[]> record) {
        return record.headers().lastHeader(Headers.GONE) != null;
    }

    private static String text(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.value(), StandardCharsets.UTF_8);
    }
}
