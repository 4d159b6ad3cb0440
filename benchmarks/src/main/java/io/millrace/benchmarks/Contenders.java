package io.millrace.benchmarks;

import io.millrace.testing.Settings;
import io.millrace.testing.WorkerOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who is measured, with which settings. Lists begin with the peer that the others are compared with. */
final class Contenders {
    /** What the README recommends: large batches for what waits, and no more waiting than Kafka's own default. */
    static final Map<String, String> RECOMMENDED_PRODUCER = Map.of(
            "producer.override.batch.size", "524288",
            "producer.override.compression.type", "lz4");

    /** What was found best for Debezium's connector; the same for everybody who is called tuned. */
    private static final Map<String, String> TUNED_PRODUCER = Map.of(
            "producer.override.batch.size", "524288",
            "producer.override.linger.ms", "20",
            "producer.override.compression.type", "lz4",
            "producer.override.max.request.size", "8388608",
            "producer.override.buffer.memory", "134217728");

    private static final Map<String, String> TUNED_DEBEZIUM = Map.of(
            "max.batch.size", "16384",
            "max.queue.size", "65536",
            "snapshot.fetch.size", "20000",
            "snapshot.max.threads", "2",
            "poll.interval.ms", "50");

    private static final Map<String, String> TUNED_CONSUMER = Map.of(
            "consumer.override.max.poll.records", "3000",
            "consumer.override.max.partition.fetch.bytes", "8388608");

    private static final WorkerOptions MILLRACE = stock(
            WorkerOptions.withModules("connect-source-pg", "connect-sink-pg").pluginFolder(Settings.avroPlugin()));
    private static final WorkerOptions DEBEZIUM = stock(WorkerOptions.withModules()
            .pluginFolder(Settings.debeziumPlugin())
            .pluginFolder(Settings.debeziumJdbcPlugin())
            .pluginFolder(Settings.avroPlugin()));

    private Contenders() {}

    /** Kafka's own heap, flags and intervals; what the test modules set low would cost everybody alike, but is not what runs. */
    static WorkerOptions stock(WorkerOptions options) {
        return options.heap("2g")
                .jvm("-Xms256m")
                .with("offset.flush.interval.ms", "60000")
                .with("scheduled.rebalance.max.delay.ms", "0");
    }

    static List<Contender> snapshots(boolean brief) {
        var all = new ArrayList<Contender>();
        all.add(debezium("debezium tuned", DEBEZIUM, TUNED_PRODUCER, TUNED_DEBEZIUM));
        if (!brief) {
            all.add(debezium("debezium default", DEBEZIUM));
            all.add(millrace("millrace default", MILLRACE, 1));
            all.add(millrace("millrace 4 tasks", MILLRACE, 4, TUNED_PRODUCER));
        }
        all.add(millrace("millrace recommended", MILLRACE, 1, RECOMMENDED_PRODUCER));
        all.add(millrace("millrace 1 task", MILLRACE, 1, TUNED_PRODUCER));
        all.add(millrace("millrace 2 tasks", MILLRACE, 2, TUNED_PRODUCER));
        return all;
    }

    static List<Contender> streams(boolean brief) {
        var all = new ArrayList<Contender>();
        all.add(debezium("debezium tuned", DEBEZIUM, TUNED_PRODUCER, TUNED_DEBEZIUM));
        if (!brief) {
            all.add(debezium("debezium default", DEBEZIUM));
            all.add(millrace("millrace default", MILLRACE, 1));
            all.add(millrace("millrace recommended", MILLRACE, 1, RECOMMENDED_PRODUCER));
        }
        all.add(millrace("millrace tuned", MILLRACE, 1, TUNED_PRODUCER));
        return all;
    }

    /** The query source on a table by a watermark column: its first run copies. */
    static Connector query(String name, String table, String column) {
        return new Connector(
                name,
                MILLRACE,
                merge(
                        List.of(TUNED_PRODUCER),
                        Map.of(
                                "connector.class", "io.millrace.source.PostgresQuerySourceConnector",
                                "tasks.max", "1",
                                "table", "public." + table,
                                "watermark.column", column,
                                "watermark.late.rows", "ignore",
                                "refresh.interval.ms", "100")));
    }

    /** For delays: everybody with the recommended producer, which waits no longer than the default one. */
    static List<Contender> delays() {
        WorkerOptions exactlyOnce = MILLRACE.with("exactly.once.source.support", "enabled");
        return new ArrayList<>(List.of(
                debezium("debezium", DEBEZIUM, RECOMMENDED_PRODUCER, Map.of("poll.interval.ms", "50")),
                millrace("millrace", MILLRACE, 1, RECOMMENDED_PRODUCER),
                millrace(
                        "millrace exactly once",
                        exactlyOnce,
                        1,
                        RECOMMENDED_PRODUCER,
                        Map.of("exactly.once.support", "required"))));
    }

    /** What fills the topics that sinks read. */
    static Connector filler() {
        return millrace("fill", MILLRACE, 2, TUNED_PRODUCER);
    }

    /** Whose cost is looked at as a measure grows. */
    static Connector growing() {
        return millrace("millrace", MILLRACE, 1, TUNED_PRODUCER);
    }

    /** The way from Postgres to Postgres, initial copy and stream, each with the sink's best settings for the table. */
    static List<Contender> pairs(Table table) {
        Map<String, String> jdbc = jdbc("upsert", table.equals(Table.WIDE) ? TUNED_JDBC : UNNEST_JDBC);
        return new ArrayList<>(List.of(
                new Pair(
                        "debezium + jdbc",
                        DEBEZIUM,
                        debezium("", DEBEZIUM, TUNED_PRODUCER, TUNED_DEBEZIUM).settings(),
                        jdbc),
                new Pair(
                        "millrace",
                        MILLRACE,
                        millrace("", MILLRACE, 1, TUNED_PRODUCER).settings(),
                        millraceSink("upsert"))));
    }

    /** The same where single changes have to arrive soon. */
    static List<Contender> delayPairs() {
        return new ArrayList<>(List.of(
                new Pair(
                        "debezium + jdbc",
                        DEBEZIUM,
                        debezium("", DEBEZIUM, RECOMMENDED_PRODUCER, Map.of("poll.interval.ms", "50"))
                                .settings(),
                        jdbc("upsert", UNNEST_JDBC)),
                new Pair(
                        "millrace",
                        MILLRACE,
                        millrace("", MILLRACE, 1, RECOMMENDED_PRODUCER).settings(),
                        millraceSink("upsert")),
                new Pair(
                        "millrace, sync 20 ms",
                        MILLRACE,
                        millrace("", MILLRACE, 1, RECOMMENDED_PRODUCER).settings(),
                        merge(List.of(Map.of("sync.interval.ms", "20")), millraceSink("upsert")))));
    }

    @SafeVarargs
    private static Connector debezium(String name, WorkerOptions worker, Map<String, String>... settings) {
        return new Connector(
                name,
                worker,
                merge(
                        List.of(settings),
                        Map.of(
                                "connector.class", "io.debezium.connector.postgresql.PostgresConnector",
                                "plugin.name", "pgoutput",
                                "publication.autocreate.mode", "filtered",
                                "tasks.max", "1")));
    }

    @SafeVarargs
    static Connector millrace(String name, WorkerOptions worker, int tasks, Map<String, String>... settings) {
        return new Connector(
                name,
                worker,
                merge(
                        List.of(settings),
                        Map.of(
                                // The connector is deleted before Connect has stored that the copy is complete.
                                "snapshot.keep.ms",
                                "0",
                                "connector.class",
                                "io.millrace.source.PostgresCdcSourceConnector",
                                "tasks.max",
                                String.valueOf(tasks))));
    }

    private static final Map<String, String> TUNED_JDBC = merge(List.of(TUNED_CONSUMER), Map.of("batch.size", "3000"));
    private static final Map<String, String> UNNEST_JDBC =
            merge(List.of(TUNED_JDBC), Map.of("dialect.postgres.unnest.insert.enabled", "true"));

    /** Of the unnest mode the JDBC sink's documentation says that it does not take arrays: not for the wide table. */
    static List<Contender> sinks(Table table, String mode, boolean brief) {
        var all = new ArrayList<Contender>();
        if (!table.equals(Table.WIDE)) {
            all.add(new Connector("debezium jdbc unnest", DEBEZIUM, jdbc(mode, UNNEST_JDBC)));
        }
        if (table.equals(Table.WIDE) || !brief) {
            all.add(new Connector("debezium jdbc tuned", DEBEZIUM, jdbc(mode, TUNED_JDBC)));
        }
        all.add(new Connector("debezium jdbc default", DEBEZIUM, jdbc(mode, Map.of())));
        all.add(new Connector("millrace", MILLRACE, merge(List.of(TUNED_CONSUMER), millraceSink(mode))));
        return all;
    }

    private static Map<String, String> millraceSink(String mode) {
        return Map.of(
                "connector.class", "io.millrace.sink.pg.PostgresSinkConnector",
                "tasks.max", "1",
                "insert.mode", mode.equals("insert") ? "append" : "upsert",
                "primary.key.mode", "record_key",
                "auto.create", "false",
                "schema.evolution", "none");
    }

    private static Map<String, String> jdbc(String mode, Map<String, String> settings) {
        return merge(
                List.of(settings),
                Map.of(
                        "connector.class", "io.debezium.connector.jdbc.JdbcSinkConnector",
                        "tasks.max", "1",
                        "insert.mode", mode.equals("insert") ? "insert" : "upsert",
                        "delete.enabled", String.valueOf(mode.equals("mix")),
                        "primary.key.mode", "record_key",
                        "schema.evolution", "none"));
    }

    private static Map<String, String> merge(List<Map<String, String>> settings, Map<String, String> own) {
        var all = new LinkedHashMap<>(own);
        settings.forEach(all::putAll);
        return all;
    }
}
