package io.millrace.benchmarks;

import io.millrace.testing.Settings;
import io.millrace.testing.WorkerOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who is measured, with which settings. */
final class Contenders {
    /** What a record of this size needs to be sent fast; the same for everybody who is called tuned. */
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

    private static final WorkerOptions MILLRACE_SOURCE = stock(WorkerOptions.withModules("connect-source-pg"));
    private static final WorkerOptions MILLRACE_SINK = stock(WorkerOptions.withModules("connect-sink-pg"));

    private Contenders() {}

    /** Kafka's own heap and intervals; what the test modules set low would cost everybody alike, but is not what runs. */
    private static WorkerOptions stock(WorkerOptions options) {
        return options.heap("2g")
                .jvm("-Xms256m")
                .with("offset.flush.interval.ms", "60000")
                .with("scheduled.rebalance.max.delay.ms", "0");
    }

    private static WorkerOptions debeziumSource() {
        return stock(WorkerOptions.withModules().pluginFolder(Settings.debeziumPlugin()));
    }

    private static WorkerOptions debeziumSink() {
        return stock(WorkerOptions.withModules().pluginFolder(Settings.debeziumJdbcPlugin()));
    }

    static List<Contender> snapshots() {
        return List.of(
                debezium("debezium default"),
                debezium("debezium tuned", TUNED_PRODUCER, TUNED_DEBEZIUM),
                millrace("millrace default", 1),
                millrace("millrace 1 task", 1, TUNED_PRODUCER),
                millrace("millrace 2 tasks", 2, TUNED_PRODUCER));
    }

    static List<Contender> streams() {
        return List.of(
                debezium("debezium default"),
                debezium("debezium tuned", TUNED_PRODUCER, TUNED_DEBEZIUM),
                millrace("millrace default", 1),
                millrace("millrace tuned", 1, TUNED_PRODUCER));
    }

    /** What fills the topics that sinks read. */
    static Contender filler() {
        return millrace("fill", 2, TUNED_PRODUCER);
    }

    @SafeVarargs
    private static Contender debezium(String name, Map<String, String>... settings) {
        return new Contender(
                name,
                debeziumSource(),
                merge(
                        List.of(settings),
                        Map.of(
                                "connector.class", "io.debezium.connector.postgresql.PostgresConnector",
                                "plugin.name", "pgoutput",
                                "publication.autocreate.mode", "filtered",
                                "tasks.max", "1")));
    }

    @SafeVarargs
    private static Contender millrace(String name, int tasks, Map<String, String>... settings) {
        return new Contender(
                name,
                MILLRACE_SOURCE,
                merge(
                        List.of(settings),
                        Map.of(
                                "connector.class",
                                "io.millrace.source.PostgresCdcSourceConnector",
                                "tasks.max",
                                String.valueOf(tasks))));
    }

    /** Of the unnest mode the JDBC sink's documentation says that it does not take arrays: not for the wide table. */
    static List<Contender> sinks(Table table, String mode) {
        var defaults = jdbc("debezium jdbc default", mode, Map.of());
        var tuned = jdbc("debezium jdbc tuned", mode, Map.of("batch.size", "3000"));
        var unnest = jdbc(
                "debezium jdbc unnest",
                mode,
                Map.of("batch.size", "3000", "dialect.postgres.unnest.insert.enabled", "true"));
        var ours = new Contender(
                "millrace",
                MILLRACE_SINK,
                Map.of(
                        "connector.class", "io.millrace.sink.pg.PostgresSinkConnector",
                        "tasks.max", "1",
                        "insert.mode", mode.equals("insert") ? "append" : mode,
                        "primary.key.mode", "record_key",
                        "auto.create", "false",
                        "schema.evolution", "none"));
        return table == Table.WIDE ? List.of(defaults, tuned, ours) : List.of(defaults, tuned, unnest, ours);
    }

    private static Contender jdbc(String name, String mode, Map<String, String> settings) {
        var tuning = settings.isEmpty()
                ? Map.<String, String>of()
                : Map.of(
                        "consumer.override.max.poll.records", "3000",
                        "consumer.override.max.partition.fetch.bytes", "8388608");
        return new Contender(
                name,
                debeziumSink(),
                merge(
                        List.of(settings, tuning),
                        Map.of(
                                "connector.class", "io.debezium.connector.jdbc.JdbcSinkConnector",
                                "tasks.max", "1",
                                "insert.mode", mode,
                                "primary.key.mode", "record_key",
                                "schema.evolution", "none")));
    }

    private static Map<String, String> merge(List<Map<String, String>> settings, Map<String, String> own) {
        var all = new LinkedHashMap<>(own);
        settings.forEach(all::putAll);
        return all;
    }
}
