package io.millrace.sink.pg;

import io.millrace.sink.SinkContract;
import io.millrace.sink.TaskDriver;
import io.millrace.testing.PostgresServer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** The contract of sinks, by a real Postgres. */
class PostgresSinkIT extends SinkContract {
    private static PostgresServer server;

    private Target target;

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
    }

    @BeforeEach
    void target() {
        target = new Target(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected TaskDriver task(boolean deadLetterQueue, String... config) {
        return new TaskDriver(log, new PostgresSinkTask(), target.config(config), deadLetterQueue);
    }

    @Override
    protected List<String> rows(String table, String... columns) {
        String name = "shop." + Sql.name(table);
        if (target.rows("SELECT to_regclass(" + Sql.text(name) + ")").contains("null")) {
            return List.of();
        }
        String list = Arrays.stream(columns)
                .map(column -> Sql.name(column) + "::text")
                .collect(Collectors.joining(", "));
        return target.rows("SELECT " + list + " FROM " + name).stream().sorted().toList();
    }
}
