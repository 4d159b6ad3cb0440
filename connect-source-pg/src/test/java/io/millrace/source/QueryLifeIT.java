package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.Await;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.Topics;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Crashes, positions set by hand, and two connectors on one mirror. */
@Tag("extended")
class QueryLifeIT {
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    /** Rows move between blocks while the mirror is down, with their watermark unchanged. */
    @Test
    void aCopyByBlocksGoesOnInAnotherSnapshot() {
        postgres.execute(
                "CREATE TABLE torn(id bigserial PRIMARY KEY, v text DEFAULT repeat('x', 200))",
                "INSERT INTO torn SELECT FROM generate_series(1, 40000)",
                "ANALYZE torn");
        Map<String, String> config = QueryMirror.config(
                postgres,
                "torn",
                "table",
                "public.torn",
                "watermark.column",
                "id",
                "rows.per.partition",
                "2000",
                "snapshot.max.parallel.workers",
                "2",
                "max.queue.size.in.bytes",
                "65536",
                "max.batch.size",
                "100");
        MemoryOffsets offsets = new MemoryOffsets();
        Set<Object> seen;
        int first;
        try (TaskRun run = TaskRun.query(config, offsets)) {
            run.take("torn.public.torn", 12_000);
            run.close();
            first = run.of("torn.public.torn").size();
            seen = new HashSet<>(QueryMirror.field(run.of("torn.public.torn"), "id"));
        }
        assertThat(first).as("stopped in the middle").isLessThan(40_000);
        assertThat(offsets.offset(QueryKindsIT.partition("torn", "public.torn")))
                .containsKey("run.done");
        // The last rows move to the front, into what was read already, and the first to the end.
        postgres.execute(
                "DELETE FROM torn WHERE id BETWEEN 1 AND 500",
                "VACUUM torn",
                "UPDATE torn SET v = 'moved' WHERE id > 39900",
                "UPDATE torn SET v = 'moved' WHERE id BETWEEN 501 AND 520");
        try (TaskRun run = TaskRun.query(config, offsets)) {
            run.await("the end of the run", all -> "40000".equals(QueryMirror.mark(offsets, "torn", "public.torn")));
            List<Object> more = QueryMirror.field(run.of("torn.public.torn"), "id");
            seen.addAll(more);
            assertThat(seen).hasSize(40_000);
            assertThat(more).as("finished ranges are not read again").hasSizeLessThan(40_000 - 4000);
        }
    }

    @Test
    void aMirrorIsReadAgainFromAPositionSetByHand() {
        postgres.execute(
                "CREATE TABLE again(id bigserial PRIMARY KEY)", "INSERT INTO again SELECT FROM generate_series(1, 50)");
        Map<String, String> config =
                QueryMirror.config(postgres, "again", "table", "public.again", "watermark.column", "id");
        Map<String, String> partition = QueryKindsIT.partition("again", "public.again");
        PostgresQuerySourceConnector connector = new PostgresQuerySourceConnector();
        assertThat(connector.alterOffsets(config, Map.of(partition, Map.of("watermark", "40"))))
                .isTrue();
        MemoryOffsets from = new MemoryOffsets();
        from.store(partition, Map.of("watermark", "40"));
        try (TaskRun run = TaskRun.query(config, from)) {
            assertThat(QueryMirror.field(run.take("again.public.again", 10), "id"))
                    .startsWith(41L);
        }
        Map<String, Object> range = Map.of("watermark", "50", "run.again", true, "run.start", "5", "run.end", "7");
        assertThat(connector.alterOffsets(config, Map.of(partition, range))).isTrue();
        MemoryOffsets of = new MemoryOffsets();
        of.store(partition, range);
        try (TaskRun run = TaskRun.query(config, of)) {
            assertThat(QueryMirror.field(run.take("again.public.again", 3), "id"))
                    .containsExactly(5L, 6L, 7L);
            postgres.execute("INSERT INTO again DEFAULT VALUES");
            assertThat(QueryMirror.field(run.take("again.public.again", 4), "id"))
                    .endsWith(51L);
        }
        refused(connector, config, partition, Map.of("watermark", "'; DROP TABLE again"), "is no integer");
        refused(connector, config, partition, Map.of("mark", "40"), "has no key");
        refused(connector, config, Map.of("server", "other", "mirror", "public.again"), Map.of(), "a partition");
    }

    private static void refused(
            PostgresQuerySourceConnector connector,
            Map<String, String> config,
            Map<String, String> partition,
            Map<String, ?> offset,
            String message) {
        assertThatThrownBy(() -> connector.alterOffsets(config, Map.of(partition, offset)))
                .hasMessageContaining(message);
    }

    @Test
    void twoConnectorsDoNotFeedOneTopic() {
        postgres.execute("CREATE TABLE shared(id bigserial PRIMARY KEY)", "INSERT INTO shared DEFAULT VALUES");
        Map<String, String> config =
                QueryMirror.config(postgres, "shared", "table", "public.shared", "watermark.column", "id");
        try (TaskRun second = twice(config)) {
            assertThat(second.take("shared.public.shared", 1)).hasSize(1);
        }
    }

    private static TaskRun twice(Map<String, String> config) {
        TaskRun second;
        try (TaskRun first = TaskRun.query(config, new MemoryOffsets())) {
            first.take("shared.public.shared", 1);
            second = TaskRun.query(config, new MemoryOffsets());
            Await.until(
                    "the second one asks",
                    () -> Integer.parseInt(postgres.queryOne(
                                    "SELECT count(*)::text FROM pg_stat_activity WHERE application_name = 'millrace query shared'"
                                            + " AND query LIKE '%pg_locks%'"))
                            > 0);
            assertThat(second.of("shared.public.shared")).isEmpty();
        }
        return second;
    }

    @Test
    void aSignalReadsARangeAgain() throws Exception {
        postgres.execute(
                "CREATE TABLE asked(id bigserial PRIMARY KEY)", "INSERT INTO asked SELECT FROM generate_series(1, 50)");
        try (KafkaBroker broker = KafkaBroker.start();
                Topics topics = broker.topics();
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrapServers()),
                        new StringSerializer(),
                        new StringSerializer())) {
            topics.create("asked-signal", 1);
            Map<String, String> config = QueryMirror.config(
                    postgres,
                    "asked",
                    "table",
                    "public.asked",
                    "watermark.column",
                    "id",
                    "signal.enabled.channels",
                    "kafka",
                    "signal.kafka.bootstrap.servers",
                    broker.bootstrapServers());
            String execute = "{\"id\": \"%s\", \"type\": \"execute-snapshot\", \"data\": {\"data-collections\":"
                    + " [\"public.asked\"], \"start\": \"%s\", \"end\": \"%s\"}}";
            producer.send(new ProducerRecord<>("asked-signal", "asked", execute.formatted("old", "1", "50")))
                    .get();
            MemoryOffsets offsets = new MemoryOffsets();
            try (TaskRun run = TaskRun.query(config, offsets)) {
                run.take("asked.public.asked", 50);
                run.await("the mark", all -> "50".equals(QueryMirror.mark(offsets, "asked", "public.asked")));
                producer.send(new ProducerRecord<>("asked-signal", "asked", execute.formatted("range", "7", "9")))
                        .get();
                assertThat(QueryMirror.field(run.take("asked.public.asked", 53), "id")
                                .subList(50, 53))
                        .containsExactly(7L, 8L, 9L);
                Map<String, String> partition = QueryKindsIT.partition("asked", "public.asked");
                run.await("the end of that", all -> !String.valueOf(offsets.offset(partition))
                        .contains("run."));
            }
            try (TaskRun run = TaskRun.query(config, offsets)) {
                postgres.execute("INSERT INTO asked DEFAULT VALUES");
                assertThat(QueryMirror.field(run.take("asked.public.asked", 1), "id"))
                        .as("a signal is followed once")
                        .containsExactly(51L);
            }
        }
    }
}
