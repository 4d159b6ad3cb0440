package io.millrace.sink.pg;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one connection of a task: opened when it is needed, given up when it fails. */
final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    /** What a lock is waited for that was waited for before. */
    private static final long MOMENT_MILLIS = 250;

    private final ConnectionSettings settings;
    private volatile @Nullable Open open;
    private volatile boolean closed;
    private boolean hurried;

    /** A connection with what lives in its session. */
    record Open(Connection connection, Staging staging) {}

    Session(ConnectionSettings settings) {
        this.settings = settings;
    }

    /** @throws ConnectException retriable when the server cannot be reached, else naming the setting at fault */
    Open open() {
        if (closed) {
            throw new ConnectException("The connection to the target is closed");
        }
        Open current = open;
        if (current != null) {
            return current;
        }
        try {
            Connection connection = connect(settings, lockMillis());
            return keep(new Open(connection, new Staging(connection)));
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    /** The task may have ended while the connection was made: then nobody else would close it. */
    private Open keep(Open made) {
        synchronized (this) {
            if (!closed) {
                open = made;
                return made;
            }
        }
        end(made.connection);
        throw new ConnectException("The connection to the target is closed");
    }

    /** Work with the session's connection. */
    interface Work<T> {
        T run() throws SQLException;
    }

    /** Has each of the server's answers waited for so long, in milliseconds, instead of {@code flush.timeout.ms}. */
    <T> T patiently(long millis, Work<T> work) throws SQLException {
        Connection connection = open().connection();
        int before = connection.getNetworkTimeout();
        connection.setNetworkTimeout(Runnable::run, Math.toIntExact(millis));
        try {
            return work.run();
        } finally {
            if (!connection.isClosed()) {
                connection.setNetworkTimeout(Runnable::run, before);
            }
        }
    }

    /** {@link io.millrace.sink.destination.Destination#hurry}. */
    void hurry(boolean wanted) {
        if (hurried == wanted) {
            return;
        }
        hurried = wanted;
        Open current = open;
        if (current == null) {
            return;
        }
        try {
            Statements.execute(current.connection, lockTimeout(lockMillis()));
        } catch (SQLException e) {
            // The next connection has it.
            LOG.debug("The time for locks cannot be set", e);
            drop();
        }
    }

    boolean isHurried() {
        return hurried;
    }

    /** What a lock is waited for that was not waited for before. */
    long lockTimeoutMillis() {
        return settings.lockTimeoutMillis();
    }

    private long lockMillis() {
        long millis = settings.lockTimeoutMillis();
        return hurried ? Math.min(MOMENT_MILLIS, millis) : millis;
    }

    private static String lockTimeout(long millis) {
        return "SET lock_timeout = '" + millis + "ms'";
    }

    boolean isReplica() {
        return settings.replica();
    }

    static Connection connect(ConnectionSettings settings) throws SQLException {
        return connect(settings, settings.lockTimeoutMillis());
    }

    private static Connection connect(ConnectionSettings settings, long lockMillis) throws SQLException {
        Properties properties = settings.driverProperties();
        Connection connection = DriverManager.getConnection(settings.url(), properties);
        try (Statement statement = connection.createStatement()) {
            // UTC: timestamps are compared and cast in it. JIT would compile every flush anew.
            statement.execute(
                    // A row that a policy hides from the role would stay where the source has deleted it.
                    "SET row_security = off; SET TimeZone = 'UTC'; SET jit = off; SET temp_buffers = '32MB'; "
                            + lockTimeout(lockMillis) + "; "
                            // What is said to be durable has to survive a crash of the server.
                            + (settings.replica() ? "SET session_replication_role = replica; " : "")
                            + "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    /** Whether the role may not set session_replication_role. */
    static boolean isReplicationRole(SQLException e) {
        return SqlErrors.state(e).equals("42501")
                && String.valueOf(e.getMessage()).contains("session_replication_role");
    }

    private static ConnectException refused(SQLException e) {
        String state = SqlErrors.state(e);
        if (isReplicationRole(e)) {
            return new ConnectException(
                    PostgresSinkConfig.SESSION_REPLICATION_ROLE
                            + "=replica needs a superuser or GRANT SET ON PARAMETER session_replication_role: "
                            + e.getMessage(),
                    e);
        }
        if (state.startsWith("28")) {
            return new ConnectException(
                    "Postgres refuses the login: check " + PostgresSinkConfig.USERNAME + " and "
                            + PostgresSinkConfig.PASSWORD + ": " + e.getMessage(),
                    e);
        }
        if (state.equals("3D000") || state.startsWith("42")) {
            return new ConnectException("Check " + PostgresSinkConfig.URL + ": " + e.getMessage(), e);
        }
        return new RetriableException(PostgresSinkConfig.URL + " cannot be reached: " + SqlErrors.withCause(e), e);
    }

    /** Gives the connection up without a word to the server, which may not answer. */
    void drop() {
        Open current;
        synchronized (this) {
            current = open;
            open = null;
        }
        if (current != null) {
            end(current.connection);
        }
    }

    private static void end(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It is gone either way.
            closeQuietly(connection);
        }
    }

    /** Ends the transaction that an error has left open; drops the connection when it does not answer. */
    void rollback() {
        Open current = open;
        if (current == null) {
            return;
        }
        try (Statement statement = current.connection.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            drop();
        }
    }

    /** What Connect is to do about an error of this session, which is ready for other work after it; {@code doing} as in {@link SqlErrors#translate}. */
    ConnectException failed(String doing, SQLException e) {
        if (SqlErrors.isConnection(e)) {
            drop();
        } else {
            rollback();
        }
        return SqlErrors.translate(doing, e);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        drop();
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("Closing a connection has failed", e);
        }
    }
}
