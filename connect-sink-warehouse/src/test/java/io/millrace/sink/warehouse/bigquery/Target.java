package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.SinkConfig;
import io.millrace.sink.SinkSettings;
import io.millrace.sink.SqlRows;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.warehouse.WarehouseSinkConfig;
import io.millrace.sink.warehouse.WarehouseSinkTask;
import io.millrace.testing.bigquery.BigQueryStandIn;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.config.types.Password;

/** A stand-in of its own, and tasks that write to it. */
final class Target implements AutoCloseable {
    private final BigQueryStandIn standIn = BigQueryStandIn.start();

    /** For a client of a test's own. */
    static BigQuerySettings settings(String endpoint) {
        return new BigQuerySettings(
                "project",
                "mirror",
                "US",
                "millrace_staging",
                "",
                new Password(""),
                endpoint,
                0,
                1,
                0,
                1,
                Map.of(),
                "DAY",
                Map.of(),
                false);
    }

    BigQueryStandIn standIn() {
        return standIn;
    }

    Map<String, String> config(String... more) {
        return SqlRows.config(
                Map.of(
                        "name",
                        "sink",
                        "warehouse.type",
                        "bigquery",
                        BigQueryWarehouse.PROJECT,
                        "project",
                        BigQueryWarehouse.DATASET,
                        "mirror",
                        BigQueryWarehouse.MERGE_INTERVAL_MS,
                        "0",
                        BigQueryWarehouse.BACKOFF_MS,
                        "2",
                        BigQueryWarehouse.ENDPOINT,
                        standIn.endpoint()),
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

    /** Rows of a table of dataset shop. */
    List<String> rows(String table, String... columns) {
        return standIn.rows(
                "shop", table, Arrays.stream(columns).map(Names::column).toArray(String[]::new));
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

    /** Names of tables in which batches or copies are gathered. */
    List<String> gathered() {
        return Stream.of("millrace_staging", "shop", "public")
                .flatMap(dataset -> standIn.tables(dataset).stream())
                .filter(name -> name.startsWith("millrace_"))
                .toList();
    }

    @Override
    public void close() {
        standIn.close();
    }
}
