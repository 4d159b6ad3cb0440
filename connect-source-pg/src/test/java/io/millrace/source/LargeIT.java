package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Await;
import io.millrace.testing.ConnectWorker;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.Topics;
import io.millrace.testing.WorkerOptions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Memory stays bounded whatever the size of a table or of a transaction: 250,000 rows and 100,000 changes in a heap
 * of 256 MiB; with {@code -Dmillrace.large.rows=5000000} five million and two million in 512 MiB.
 */
class LargeIT {
    private static final long ROWS = Long.getLong("millrace.large.rows", 1_000_000);
    private static final String HEAP = ROWS > 1_000_000 ? "512m" : "256m";
    private static final long CHANGES = ROWS * 2 / 5;

    @Test
    void aLargeTableThenALargeTransaction() {
        try (var postgres = PostgresServer.start();
                var broker =
                        KafkaBroker.start(Map.of("log.retention.bytes", "268435456", "log.segment.bytes", "67108864"));
                var worker = ConnectWorker.process(
                        broker,
                        WorkerOptions.withModules("connect-source-pg")
                                .heap(HEAP)
                                .jvm("-XX:TieredStopAtLevel=4"));
                Topics topics = broker.topics()) {
            postgres.execute(
                    "CREATE SCHEMA large",
                    "CREATE TABLE large.t(id int8 PRIMARY KEY, a int4, filler text)",
                    "INSERT INTO large.t SELECT i, i % 1000, 'some text of a row' FROM generate_series(1, " + ROWS
                            + ") i",
                    "ANALYZE large.t");
            Map<String, String> config = CdcMirror.config(postgres, "large");
            config.put("producer.override.compression.type", "lz4");
            config.put("producer.override.linger.ms", "20");
            config.put("producer.override.batch.size", "262144");
            config.put("topic.creation.default.partitions", "1");
            config.put("topic.creation.default.replication.factor", "1");
            config.put("topic.creation.default.retention.bytes", "268435456");
            long start = System.nanoTime();
            worker.rest().put("large", config);
            Await.until(
                    "the table is copied",
                    Duration.ofMinutes(5),
                    () -> topics.endOffset("large.large.t") >= ROWS || failed(worker),
                    worker::logTail);
            long copied = System.nanoTime();
            assertThat(topics.endOffset("large.large.t")).isEqualTo(ROWS);
            postgres.execute("UPDATE large.t SET a = a + 1 WHERE id <= " + CHANGES);
            long committed = System.nanoTime();
            Await.until(
                    "the transaction is streamed",
                    Duration.ofMinutes(5),
                    () -> topics.endOffset("large.large.t") >= ROWS + CHANGES || failed(worker),
                    worker::logTail);
            long streamed = System.nanoTime();
            assertThat(topics.endOffset("large.large.t")).isEqualTo(ROWS + CHANGES);
            System.out.printf(
                    "copied %,d rows in %.1f s, streamed %,d changes in %.1f s%n",
                    ROWS, (copied - start) / 1e9, CHANGES, (streamed - committed) / 1e9);
            worker.rest().awaitRunning("large", 2);
        }
    }

    private static boolean failed(ConnectWorker worker) {
        return worker.rest().status("large").toString().contains("FAILED");
    }
}
