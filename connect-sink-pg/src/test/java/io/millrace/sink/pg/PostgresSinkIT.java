package io.millrace.sink.pg;

import io.millrace.sink.SinkConfig;
import io.millrace.sink.SinkContract;
import io.millrace.sink.SinkSettings;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.destination.Capabilities;
import io.millrace.sink.destination.Destination;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;

/** The contract of sinks, by a real Postgres. */
class PostgresSinkIT extends SinkContract {
    private static final Target TARGET = Target.fresh();

    /** A new database a case would take longer than the cases. */
    @BeforeEach
    void empty() {
        TARGET.execute(
                "DROP SCHEMA IF EXISTS shop CASCADE",
                "DROP TABLE IF EXISTS millrace_ledger, millrace_ledger_generations CASCADE");
    }

    @Override
    public TaskDriver task(boolean deadLetterQueue, String... config) {
        return new TaskDriver(log, new PostgresSinkTask(), TARGET.config(config), deadLetterQueue);
    }

    @Override
    public Destination destination(String ledgerId) {
        PostgresSinkConfig config = new PostgresSinkConfig(TARGET.config(SinkConfig.LEDGER_ID, ledgerId));
        return PostgresSinkTask.destination(config, SinkSettings.of(config));
    }

    @Override
    public Capabilities capabilities() {
        return PostgresDestination.CAPABILITIES;
    }

    @Override
    public List<String> rows(String table, String... columns) {
        String name = "shop." + Sql.name(table);
        if (TARGET.rows("SELECT to_regclass(" + Sql.text(name) + ")").contains("null")) {
            return List.of();
        }
        String list = Arrays.stream(columns)
                .map(column -> Sql.name(column) + "::text")
                .collect(Collectors.joining(", "));
        return TARGET.rows("SELECT " + list + " FROM " + name).stream().sorted().toList();
    }

    @Override
    public void obstruct(String table) {
        TARGET.execute(
                "ALTER TABLE shop." + table + " ADD COLUMN obstacle int NOT NULL DEFAULT 1",
                "ALTER TABLE shop." + table + " ALTER COLUMN obstacle DROP DEFAULT");
    }

    @Override
    public void unobstruct(String table) {
        TARGET.execute("ALTER TABLE shop." + table + " DROP COLUMN obstacle");
    }
}
