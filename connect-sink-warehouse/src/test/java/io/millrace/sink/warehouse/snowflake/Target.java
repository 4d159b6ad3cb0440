package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.SinkConfig;
import io.millrace.sink.SinkSettings;
import io.millrace.sink.SqlRows;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.warehouse.WarehouseSinkConfig;
import io.millrace.sink.warehouse.WarehouseSinkTask;
import io.millrace.testing.snowflake.SnowflakeStandIn;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A stand-in of its own, and tasks that write to it. */
final class Target implements AutoCloseable {
    static final Place PLACE = new Place(SnowflakeStandIn.DATABASE, "mirror", true);

    private final SnowflakeStandIn standIn = SnowflakeStandIn.start();

    SnowflakeStandIn standIn() {
        return standIn;
    }

    Map<String, String> config(String... more) {
        return SqlRows.config(
                Map.of(
                        "name",
                        "sink",
                        "warehouse.type",
                        "snowflake",
                        SnowflakeWarehouse.URL,
                        standIn.url(),
                        SnowflakeWarehouse.USER,
                        SnowflakeStandIn.USER,
                        SnowflakeWarehouse.PASSWORD,
                        SnowflakeStandIn.PASSWORD,
                        SnowflakeWarehouse.DATABASE,
                        SnowflakeStandIn.DATABASE,
                        SnowflakeWarehouse.SCHEMA,
                        "mirror",
                        SnowflakeWarehouse.LOCK_TIMEOUT_MS,
                        "5000",
                        SnowflakeWarehouse.BACKOFF_MS,
                        "2"),
                more);
    }

    /** A task that has opened all partitions. */
    TaskDriver task(TopicLog log, String... more) {
        return new TaskDriver(log, new WarehouseSinkTask(), config(more), false).open();
    }

    void run(TopicLog log, String... more) {
        try (TaskDriver task = task(log, more)) {
            task.drain();
        }
    }

    Destination destination(String ledgerId) {
        WarehouseSinkConfig config = new WarehouseSinkConfig(config(SinkConfig.LEDGER_ID, ledgerId));
        return config.warehouse().destination(config, SinkSettings.of(config));
    }

    /** Rows of a table of schema shop. */
    List<String> rows(String table, String... columns) {
        return standIn.rows(
                "SHOP",
                PLACE.name(table),
                Arrays.stream(columns).map(PLACE::name).toArray(String[]::new));
    }

    /** Statements of DuckDB's on the database behind the stand-in. */
    void execute(String... statements) {
        try (var connection = standIn.connect();
                var statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Tables in which copies are gathered, and files, that were left behind. */
    List<String> gathered() {
        return Stream.concat(
                        Stream.of("MIRROR", "SHOP", "PUBLIC")
                                .flatMap(schema -> standIn.tables(schema).stream())
                                .filter(name -> name.startsWith("MILLRACE_GEN") || name.startsWith("MILLRACE_STAGE")),
                        standIn.files().stream())
                .toList();
    }

    @Override
    public void close() {
        standIn.close();
    }
}
