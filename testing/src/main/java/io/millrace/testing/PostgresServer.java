package io.millrace.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * A real Postgres with {@code wal_level=logical}, of its own for the test that started it, on a free port.
 * Closing it removes its data.
 */
public interface PostgresServer extends AutoCloseable {
    /** The version that the build asks for. */
    static PostgresServer start() {
        return start(PostgresOptions.defaults());
    }

    /** Embedded, or in a container when {@code -Dmillrace.servers=containers} asks for it. */
    static PostgresServer start(PostgresOptions options) {
        return Settings.containers() ? Containers.postgres(options) : new EmbeddedPostgresServer(options);
    }

    String host();

    int port();

    /** The database that {@link #connect()} goes to. */
    default String database() {
        return "postgres";
    }

    /** A superuser. */
    default String user() {
        return "postgres";
    }

    default String password() {
        return "postgres";
    }

    /** Major version. */
    int version();

    default String jdbcUrl() {
        return jdbcUrl(database());
    }

    /** Without user and password. */
    default String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
    }

    default Connection connect() throws SQLException {
        return connect(database());
    }

    default Connection connect(String database) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", user());
        properties.setProperty("password", password());
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }

    /** Runs statements one by one, each in a transaction of its own. */
    default void execute(String... statements) {
        executeIn(database(), statements);
    }

    /** Like {@link #execute}, in another database. */
    default void executeIn(String database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("SQL failed in " + database + ": " + e.getMessage(), e);
        }
    }

    /** The first column of a query's first row as text. */
    default String queryOne(String query) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            if (!row.next()) {
                throw new IllegalStateException("no row: " + query);
            }
            return String.valueOf(row.getString(1));
        } catch (SQLException e) {
            throw new IllegalStateException("query failed: " + e.getMessage(), e);
        }
    }

    default void createDatabase(String name) {
        execute("CREATE DATABASE \"" + name.replace("\"", "\"\"") + "\"");
    }

    /** An orderly stop (fast) and a start on the same data and the same port. */
    void restart();

    /** An orderly stop (fast); {@link #restart()} brings it back. */
    void stop();

    /** SIGKILL for the server and its backends; {@link #restart()} brings it back through crash recovery. */
    void kill();

    /** SIGSTOP for the server and its backends: as good as a frozen machine whose network still answers. */
    void pause();

    /** Goes on after {@link #pause}. */
    void resume();

    @Override
    void close();
}
