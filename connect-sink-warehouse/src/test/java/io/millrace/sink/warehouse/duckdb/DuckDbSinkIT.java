package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.SinkContract;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.destination.Capabilities;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.warehouse.WarehouseSinkTask;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of sinks, by a DuckDB file. */
class DuckDbSinkIT extends SinkContract {
    @TempDir
    Path folder;

    private Target target = new Target(Path.of(""));

    private @Nullable Connection keeper;

    /** While a connection is open the file is not opened and closed for each task and each look at it. */
    @BeforeEach
    void target() throws SQLException {
        target = new Target(folder);
        keeper = target.connect();
    }

    @AfterEach
    void close() throws SQLException {
        if (keeper != null) {
            keeper.close();
        }
    }

    @Override
    public TaskDriver task(boolean deadLetterQueue, String... config) {
        return new TaskDriver(log, new WarehouseSinkTask(), target.config(config), deadLetterQueue);
    }

    @Override
    public Destination destination(String ledgerId) {
        // The file's owner is the connector, whatever its ledgers are called.
        return target.destination(ledgerId);
    }

    @Override
    public Capabilities capabilities() {
        return DuckDbDestination.CAPABILITIES;
    }

    @Override
    public List<String> rows(String table, String... columns) {
        if (target.rows("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'shop' AND table_name = " + Sql.text(table))
                .isEmpty()) {
            return List.of();
        }
        String list = Arrays.stream(columns)
                .map(column -> Sql.name(column) + "::VARCHAR")
                .collect(Collectors.joining(", "));
        return target.rows("SELECT " + list + " FROM shop." + Sql.name(table)).stream()
                .sorted()
                .toList();
    }

    @Override
    public void obstruct(String table) {
        target.execute(
                "ALTER TABLE shop." + table + " ADD COLUMN obstacle INTEGER DEFAULT 1",
                "ALTER TABLE shop." + table + " ALTER COLUMN obstacle SET NOT NULL",
                "ALTER TABLE shop." + table + " ALTER COLUMN obstacle DROP DEFAULT");
    }

    @Override
    public void unobstruct(String table) {
        target.execute("ALTER TABLE shop." + table + " DROP COLUMN obstacle");
    }
}
