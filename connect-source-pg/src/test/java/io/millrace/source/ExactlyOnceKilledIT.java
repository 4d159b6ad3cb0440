package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Workers of a cluster are killed while a table is copied and while its changes are streamed, with Connect's
 * exactly-once on: a reader of committed records sees every insert once.
 */
@Tag("extended")
class ExactlyOnceKilledIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROWS = 300_000;
    private static final int TRANSACTION = 50;

    @Test
    void everyRowComesOnce() throws Exception {
        WorkerOptions options = WorkerOptions.withModules("connect-source-pg")
                .group("once")
                .heap("384m")
                .with("exactly.once.source.support", "enabled");
        try (var postgres = PostgresServer.start();
                var broker = KafkaBroker.start();
                var first = ConnectWorker.process(broker, options);
                var second = ConnectWorker.process(broker, options);
                Topics topics = broker.topics()) {
            postgres.execute(
                    "CREATE SCHEMA once",
                    "CREATE TABLE once.t(id int8 PRIMARY KEY, pad text)",
                    "INSERT INTO once.t SELECT i, md5(i::text) FROM generate_series(1, " + ROWS + ") i",
                    "ANALYZE");
            Map<String, String> config = CdcMirror.config(postgres, "once");
            config.put("exactly.once.support", "required");
            config.put("snapshot.rows.per.partition", "40000");
            AtomicBoolean writing = new AtomicBoolean(true);
            FutureTask<Integer> writer = new FutureTask<>(() -> write(postgres, writing));
            first.rest().put("once", config);
            new Thread(writer).start();
            for (int kill = 0; kill < 2; kill++) {
                long target = topics.endOffset("once.once.t") + ROWS / 6;
                WorkerProcess other = kill == 0 ? second : first;
                Await.until(
                        "more is copied",
                        Duration.ofMinutes(2),
                        () -> topics.endOffset("once.once.t") >= target,
                        other::logTail);
                WorkerProcess victim = kill == 0 ? first : second;
                victim.kill();
                victim.start();
                // Until its tasks are back, so that the snapshot is never without a holder.
                other.rest().awaitRunning("once", 2);
            }
            Await.until(
                    "the stream has begun",
                    Duration.ofMinutes(2),
                    () -> postgres.queryOne("SELECT active::text FROM pg_replication_slots WHERE slot_name = 'once'")
                            .equals("true"),
                    first::logTail);
            for (int kill = 0; kill < 2; kill++) {
                Thread.sleep(3000);
                WorkerProcess victim = kill == 0 ? first : second;
                victim.kill();
                victim.start();
            }
            writing.set(false);
            int expected = ROWS + writer.get() * TRANSACTION;
            topics.read("once.once.t", expected, Duration.ofMinutes(3));
            Thread.sleep(2000);
            List<ConsumerRecord<byte[], byte[]>> records = topics.readAll("once.once.t");
            Map<Long, Integer> seen = new HashMap<>();
            for (ConsumerRecord<byte[], byte[]> record : records) {
                seen.merge(JSON.readTree(record.key()).get("id").asLong(), 1, Integer::sum);
            }
            assertThat(seen).hasSize(expected);
            assertThat(records).hasSize(expected);
        }
    }

    private static int write(PostgresServer postgres, AtomicBoolean on) {
        int transactions = 0;
        while (on.get()) {
            int from = 1_000_000 + transactions * TRANSACTION;
            postgres.execute("INSERT INTO once.t SELECT i, 'new' FROM generate_series(" + from + ", "
                    + (from + TRANSACTION - 1) + ") i");
            transactions++;
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return transactions;
    }
}
