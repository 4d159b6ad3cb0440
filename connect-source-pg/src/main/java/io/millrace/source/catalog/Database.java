package io.millrace.source.catalog;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;

/**
 * How to reach the source. Opens sessions with their timeouts set; a session that the source stops answering is noticed
 * by TCP keep-alive. Thread-safe.
 *
 * @param host one server, or several with their ports between commas: then whichever is the primary at the time
 * @param timeoutMillis how long an answer to a short question is waited for
 * @param sessions keeps what is opened here, to be cut from another thread
 * @param options further pgjdbc properties: TLS and the like
 */
public record Database(
        String host,
        int port,
        String name,
        String user,
        String password,
        Map<String, String> options,
        int timeoutMillis,
        OpenSessions sessions) {
    /** SQLState of what would have had to wait for a lock for too long. */
    public static final String LOCK_NOT_AVAILABLE = "55P03";

    private static final int GLANCE_LOCK_MILLIS = 100;
    private static final int YIELD_LOCK_MILLIS = 10_000;

    public Database {
        options = Map.copyOf(options);
    }

    /** The same, with sessions that are not cut with the task's. */
    public Database apart() {
        return new Database(host, port, name, user, password, options, timeoutMillis, new OpenSessions());
    }

    /** Never shows the password. */
    @Override
    public String toString() {
        return user + "@" + host + ":" + port + "/" + name;
    }

    /**
     * A session for catalog reads and COPY: autocommit on, no server-side timeout that could end a long copy.
     *
     * @param role shown as {@code application_name}, at most 63 bytes
     */
    public Connection connect(String role) throws SQLException {
        Connection connection = look(role);
        connection.setNetworkTimeout(Runnable::run, 0);
        return connection;
    }

    /**
     * A session for questions that are answered at once, in autocommit: where the server, frozen or cut off, does not
     * answer in time, the question ends with an SQLException.
     */
    public Connection look(String role) throws SQLException {
        Connection connection = DriverManager.getConnection(url(), properties(role));
        sessions.add(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT set_config(name, '0', false) FROM pg_catalog.pg_settings"
                    + " WHERE name = 'transaction_timeout'; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;"
                    + " SET idle_session_timeout = 0;"
                    + " SET lock_timeout = 0; SET extra_float_digits = 3; SET DateStyle = 'ISO, MDY';"
                    + " SET IntervalStyle = 'postgres'; SET bytea_output = 'hex'; SET TimeZone = 'UTC';"
                    // A policy makes a query fail then, and does not leave rows out of it.
                    + " SET row_security = off");
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * As {@link #look}, for what may be asked again later: what has to wait there for another session's lock for longer than
     * {@value #GLANCE_LOCK_MILLIS} ms fails with {@link #LOCK_NOT_AVAILABLE}. Functions of the catalog take locks as well.
     */
    public Connection glance(String role) throws SQLException {
        return waiting(look(role), GLANCE_LOCK_MILLIS);
    }

    /**
     * As {@link #connect}, for what is begun again from the start: what has to wait for another session's lock for longer
     * than {@value #YIELD_LOCK_MILLIS} ms fails with {@link #LOCK_NOT_AVAILABLE}, and lets go of the locks that it has, so
     * that nobody waits for them meanwhile.
     */
    public Connection yielding(String role) throws SQLException {
        return waiting(connect(role), YIELD_LOCK_MILLIS);
    }

    /** As {@link #connect}. @param lockMillis how long a lock is waited for */
    public Connection connect(String role, int lockMillis) throws SQLException {
        return waiting(connect(role), lockMillis);
    }

    private static Connection waiting(Connection connection, int lockMillis) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = " + lockMillis);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** A walsender session (manual, Streaming Replication Protocol). Its answers are waited for as long as they take. */
    public PGConnection connectReplication(String role) throws SQLException {
        Properties properties = properties(role);
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.OPTIONS.set(
                properties,
                "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 -c extra_float_digits=3 -c DateStyle=ISO,MDY -c IntervalStyle=postgres"
                        + " -c bytea_output=hex -c TimeZone=UTC");
        Connection connection = DriverManager.getConnection(url(), properties);
        sessions.add(connection);
        connection.setNetworkTimeout(Runnable::run, 0);
        return connection.unwrap(PGConnection.class);
    }

    private String url() {
        return "jdbc:postgresql://" + Hosts.parse(host, port).text() + "/"
                + java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8);
    }

    private Properties properties(String role) {
        Properties properties = new Properties();
        properties.putAll(options);
        PGProperty.USER.set(properties, user);
        PGProperty.PASSWORD.set(properties, password);
        PGProperty.APPLICATION_NAME.set(properties, role);
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.CONNECT_TIMEOUT.set(properties, 15);
        // A frozen server takes the connection and says nothing.
        int seconds = Math.max(1, timeoutMillis / 1000);
        PGProperty.LOGIN_TIMEOUT.set(properties, seconds);
        PGProperty.SOCKET_TIMEOUT.set(properties, seconds);
        if (Hosts.parse(host, port).several()) {
            PGProperty.TARGET_SERVER_TYPE.set(properties, "primary");
            // What was the primary a moment ago says nothing after a failover.
            PGProperty.HOST_RECHECK_SECONDS.set(properties, 0);
        }
        return properties;
    }
}
