package io.millrace.sink.warehouse.clickhouse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.sink.SinkConfig;
import io.millrace.sink.SinkSettings;
import io.millrace.sink.SqlRows;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.warehouse.WarehouseSinkConfig;
import io.millrace.sink.warehouse.WarehouseSinkTask;
import io.millrace.testing.ClickHouseEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** Databases of a server that begin empty, and tasks that write to them. */
final class Target {
    private static final String LEDGERS = "millrace";

    private final ClickHouseEngine engine;

    /** Empties what the test before has left. */
    Target(ClickHouseEngine engine) {
        this.engine = engine;
        for (String database : List.of("shop", "public", LEDGERS)) {
            engine.run("DROP DATABASE IF EXISTS " + database + " SYNC");
        }
        engine.run("CREATE DATABASE " + LEDGERS);
    }

    Map<String, String> config(String... more) {
        return SqlRows.config(
                Map.of(
                        "name",
                        "sink",
                        "warehouse.type",
                        "clickhouse",
                        ClickHouseWarehouse.URL,
                        engine.url(),
                        ClickHouseWarehouse.DATABASE,
                        LEDGERS,
                        ClickHouseWarehouse.COMPRESSION,
                        "none",
                        ClickHouseWarehouse.PARTIAL_UPDATES,
                        "read"),
                more);
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

    void execute(String... statements) {
        for (String each : statements) {
            engine.run(each);
        }
    }

    /** Rows as text, columns joined by a bar, NULL as null. */
    List<String> rows(String sql) {
        List<String> rows = new ArrayList<>();
        String found =
                engine.run(sql + " SETTINGS output_format_decimal_trailing_zeros = 1", "JSONCompactStringsEachRow");
        for (String line : found.lines().toList()) {
            try {
                StringJoiner row = new StringJoiner("|");
                new ObjectMapper()
                        .readTree(line)
                        .forEach(each -> row.add(each.asText().equals("ᴺᵁᴸᴸ") ? "null" : each.asText()));
                rows.add(row.toString());
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(line, e);
            }
        }
        return rows;
    }

    /** The rows of {@code shop.<table>} as readers see them, sorted; none without the table. */
    List<String> current(String table, String... columns) {
        String name = exists(table + "_current") ? table + "_current" : table;
        if (!exists(name)) {
            return List.of();
        }
        return rows("SELECT " + Sql.names(List.of(columns)) + " FROM shop." + Sql.name(name)).stream()
                .sorted()
                .toList();
    }

    private boolean exists(String table) {
        return engine.run("EXISTS shop." + Sql.name(table)).trim().equals("1");
    }
}
