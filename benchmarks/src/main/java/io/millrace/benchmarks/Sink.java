package io.millrace.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.testing.ConnectWorker;
import io.millrace.testing.WorkerProcess;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A topic of snapshot rows into one table with a primary key: {@code insert} into an empty table, {@code upsert} over
 * rows that are all there with another value. Records are JSON without schemas; the sink's converter has the schema in
 * {@code schema.content}, which costs less than any converter that fetches or parses one a record.
 */
record Sink(Servers servers, Table table, String mode, long rows) implements Scenario {
    private static final ObjectMapper JSON = new ObjectMapper();

    private String prefix() {
        return "bench_sink_" + table.name();
    }

    private String topic() {
        return prefix() + ".public." + table.name();
    }

    private String schemaTopic() {
        return prefix() + "_schema.public." + table.name();
    }

    @Override
    public String name() {
        return "sink " + mode;
    }

    @Override
    public List<Contender> contenders() {
        return Contenders.sinks(table, mode);
    }

    @Override
    public void prepare() throws Exception {
        servers.postgres().execute(table.create(), table.insert(1, 1));
        fill(
                prefix() + "_schema",
                1,
                Map.of("key.converter.schemas.enable", "true", "value.converter.schemas.enable", "true"));
        servers.postgres().execute(table.insert(2, rows), "VACUUM ANALYZE " + table.name());
        fill(prefix(), rows, Map.of());
    }

    private void fill(String prefix, long count, Map<String, String> converter) throws InterruptedException {
        var settings = new java.util.HashMap<>(converter);
        settings.put("snapshot.mode", "initial_only");
        SourceRun.measure(servers, Contenders.filler(), table, count, prefix, settings);
    }

    @Override
    public Measurement run(Contender contender) throws Exception {
        String name = SourceRun.newName();
        servers.postgres().executeIn(Servers.TARGET, "DROP TABLE IF EXISTS " + table.name(), table.create());
        if (mode.equals("upsert")) {
            servers.postgres()
                    .executeIn(
                            Servers.TARGET,
                            table.insert(1, rows),
                            "UPDATE " + table.name() + " SET " + table.stale(),
                            "VACUUM FULL ANALYZE " + table.name());
        }
        servers.postgres().execute("CHECKPOINT");
        try (WorkerProcess worker = ConnectWorker.process(
                        servers.broker(), contender.worker().group(name + "_worker"));
                Connection target = servers.postgres().connect(Servers.TARGET)) {
            var stopwatch = new Stopwatch(worker, name);
            worker.rest().put(name, contender.with(configuration()));
            return stopwatch.follow(
                    rows,
                    () -> count(target, "SELECT 1 WHERE EXISTS (SELECT FROM %s WHERE %s)"),
                    () -> complete(target));
        } finally {
            servers.dropTopics(name);
            servers.postgres().executeIn(Servers.TARGET, "DROP TABLE IF EXISTS " + table.name());
        }
    }

    /** All rows: cheap to ask, because rows of one partition arrive in order, and exact when the last is there. */
    private long complete(Connection target) {
        String last = "SELECT count(*) FROM %s WHERE " + table.key() + " = " + rows + " AND %s";
        return count(target, last) == 0 ? 0 : count(target, "SELECT count(*) FROM %s WHERE %s");
    }

    private long count(Connection target, String sql) {
        try (var statement = target.createStatement();
                var result = statement.executeQuery(sql.formatted(table.name(), table.fresh()))) {
            return result.next() ? result.getLong(1) : 0;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, String> configuration() throws IOException {
        var schema =
                servers.topics().read(schemaTopic(), 1, Duration.ofSeconds(10)).get(0);
        return Map.ofEntries(
                Map.entry("topics", topic()),
                Map.entry("connection.url", servers.postgres().jdbcUrl(Servers.TARGET)),
                Map.entry("connection.username", servers.postgres().user()),
                Map.entry("connection.password", servers.postgres().password()),
                Map.entry("collection.name.format", table.name()),
                Map.entry("consumer.override.auto.offset.reset", "earliest"),
                Map.entry("key.converter", "org.apache.kafka.connect.json.JsonConverter"),
                Map.entry("key.converter.schemas.enable", "true"),
                Map.entry("key.converter.schema.content", schemaOf(schema.key())),
                Map.entry("value.converter", "org.apache.kafka.connect.json.JsonConverter"),
                Map.entry("value.converter.schemas.enable", "true"),
                Map.entry("value.converter.schema.content", schemaOf(schema.value())));
    }

    private static String schemaOf(byte[] record) throws IOException {
        return JSON.readTree(record).path("schema").toString();
    }

    @Override
    public void close() {
        for (String prefix : List.of(prefix() + "_schema", prefix())) {
            SourceRun.clean(servers, prefix);
        }
        servers.postgres().execute("DROP TABLE IF EXISTS " + table.name());
    }
}
