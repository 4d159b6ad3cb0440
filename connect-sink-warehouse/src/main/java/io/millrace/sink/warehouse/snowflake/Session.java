package io.millrace.sink.warehouse.snowflake;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one session of a task: opened when it is needed, and given up when it fails. Safe for several threads. */
final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final long CLOSE_SECONDS = 5;

    private final SnowflakeSettings settings;
    private final Connecting connecting;
    private final Repeat repeat;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicLong staged = new AtomicLong();
    private volatile @Nullable Open open;
    private volatile boolean closed;

    /** Logs in. */
    interface Connecting {
        Connection connect(SnowflakeSettings settings) throws SQLException;
    }

    /** A session with the staging tables that live in it. */
    record Open(Connection connection, Staging staging) {}

    /** Work that holds the session: nothing else uses or closes it meanwhile. */
    interface Work<T> {
        T run(Open open) throws SQLException;
    }

    Session(SnowflakeSettings settings, Connecting connecting) {
        this.settings = settings;
        this.connecting = connecting;
        repeat = new Repeat(settings.retries(), settings.backoffMillis());
    }

    /** Runs work; what it throws leaves no transaction open, and a session that is of no more use closed. */
    <T> T run(Work<T> work) throws SQLException {
        lock.lock();
        try {
            Open current = open();
            try {
                return work.run(current);
            } catch (SQLException | RuntimeException e) {
                if (closed || e instanceof SQLException sql && SqlErrors.isFatal(sql)) {
                    drop();
                } else {
                    rollback(current);
                }
                throw e;
            }
        } finally {
            lock.unlock();
        }
    }

    /** The same for work that does nothing more when it is done again. */
    <T> T repeat(Work<T> work) throws SQLException {
        return repeat.run(() -> run(work));
    }

    private Open open() throws SQLException {
        if (closed) {
            throw new ConnectException("The session is closed");
        }
        Open current = open;
        if (current != null) {
            return current;
        }
        Connection connection;
        try {
            connection = connecting.connect(settings);
        } catch (SQLException e) {
            throw refused(e);
        }
        current = new Open(connection, new Staging(connection, settings, () -> closed, staged::getAndIncrement));
        open = current;
        if (closed) {
            // The end of the task has not waited for the session, and found none to close.
            drop();
            throw new ConnectException("The session is closed");
        }
        return current;
    }

    private static ConnectException refused(SQLException e) {
        String what = "Snowflake cannot be logged in to: " + e.getMessage();
        return SqlErrors.isTransient(e) ? new RetriableException(what, e) : new ConnectException(what, e);
    }

    private void rollback(Open current) {
        try {
            Statements.execute(current.connection, "ROLLBACK");
        } catch (SQLException e) {
            LOG.debug("Rolling back has failed", e);
            drop();
        }
    }

    /** Ends the session, which rolls back and drops its temporary tables. */
    private void drop() {
        Open current;
        synchronized (this) {
            current = open;
            open = null;
        }
        if (current != null) {
            try {
                current.connection.close();
            } catch (SQLException e) {
                LOG.warn("Ending a session of Snowflake's has failed: {}", e.getMessage());
            }
        }
    }

    /** Waits a little for what is running, then ends the session under it. */
    @Override
    public void close() {
        closed = true;
        boolean held = false;
        try {
            held = lock.tryLock(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            drop();
        } finally {
            if (held) {
                lock.unlock();
            }
        }
    }
}
