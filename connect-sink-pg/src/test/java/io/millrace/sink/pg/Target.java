package io.millrace.sink.pg;

import io.millrace.sink.SqlRows;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** A database of its own on a shared server, and tasks that write to it. */
final class Target {
    private static final java.util.concurrent.atomic.AtomicInteger NUMBERS =
            new java.util.concurrent.atomic.AtomicInteger();

    private final PostgresServer server;
    private final String database = "target_" + NUMBERS.incrementAndGet();

    /** On a server that all tests of this JVM share; it ends with the JVM. */
    static Target fresh() {
        return new Target(Shared.SERVER);
    }

    static PostgresServer server() {
        return Shared.SERVER;
    }

    private static final class Shared {
        static final PostgresServer SERVER = PostgresServer.start();
    }

    Target(PostgresServer server) {
        this.server = server;
        server.createDatabase(database);
    }

    String url() {
        return server.jdbcUrl(database);
    }

    Map<String, String> config(String... more) {
        return SqlRows.config(
                Map.of(
                        "name",
                        "sink",
                        PostgresSinkConfig.URL,
                        url(),
                        PostgresSinkConfig.USERNAME,
                        server.user(),
                        PostgresSinkConfig.PASSWORD,
                        server.password()),
                more);
    }

    /** A task that has opened all partitions. */
    TaskDriver task(TopicLog log, String... more) {
        return new TaskDriver(log, new PostgresSinkTask(), config(more), false).open();
    }

    TaskDriver taskWithDeadLetters(TopicLog log, String... more) {
        return new TaskDriver(log, new PostgresSinkTask(), config(more), true).open();
    }

    void execute(String... statements) {
        server.executeIn(database, statements);
    }

    Connection connect() throws SQLException {
        Connection connection = server.connect(database);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
        }
        return connection;
    }

    /** Rows as text, columns joined by a bar. */
    List<String> rows(String sql) {
        try (Connection connection = connect()) {
            return SqlRows.read(connection, sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Columns with their types, in order, and then the primary key. */
    List<String> describe(String table) {
        List<String> lines =
                rows("SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute WHERE attrelid = '"
                        + table + "'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum");
        lines.addAll(rows("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'p' AND conrelid = '"
                + table + "'::regclass"));
        return lines;
    }
}
