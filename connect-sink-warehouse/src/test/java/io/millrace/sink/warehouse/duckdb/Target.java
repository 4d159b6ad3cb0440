package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.SinkConfig;
import io.millrace.sink.SinkSettings;
import io.millrace.sink.SqlRows;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.warehouse.WarehouseSinkConfig;
import io.millrace.sink.warehouse.WarehouseSinkTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** A file, and tasks that write to it. */
final class Target {
    private final String file;

    Target(Path folder) {
        this(folder, "target.duckdb");
    }

    Target(Path folder, String name) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        file = folder.resolve(name).toString();
    }

    String file() {
        return file;
    }

    Map<String, String> config(String... more) {
        return SqlRows.config(Map.of("name", "sink", "warehouse.type", "duckdb", DuckDbWarehouse.DATABASE, file), more);
    }

    /** A task that has opened all partitions. */
    TaskDriver task(TopicLog log, String... more) {
        return new TaskDriver(log, new WarehouseSinkTask(), config(more), false).open();
    }

    TaskDriver taskWithDeadLetters(TopicLog log, String... more) {
        return new TaskDriver(log, new WarehouseSinkTask(), config(more), true).open();
    }

    Destination destination(String ledgerId) {
        WarehouseSinkConfig config = new WarehouseSinkConfig(config(SinkConfig.LEDGER_ID, ledgerId));
        return config.warehouse().destination(config, SinkSettings.of(config));
    }

    void run(TopicLog log, String... more) {
        try (TaskDriver task = task(log, more)) {
            task.drain();
        }
    }

    /** In this process, with the settings that the task has: DuckDB shares one database among such connections. */
    Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("storage_compatibility_version", "v1.4.0");
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("memory_limit", "1GB");
        properties.setProperty("checkpoint_threshold", "128MB");
        Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file, properties);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
        }
        return connection;
    }

    void execute(String... statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Rows as text, columns joined by a bar. */
    List<String> rows(String sql) {
        try (Connection connection = connect()) {
            return SqlRows.read(connection, sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }
}
