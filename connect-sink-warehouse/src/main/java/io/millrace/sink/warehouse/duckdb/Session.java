package io.millrace.sink.warehouse.duckdb;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection of a task: opened when it is needed, given up when it fails, and closed while nothing is written so
 * that others can open the file.
 */
final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private static final long CLOSE_SECONDS = 5;

    private final DuckDbSettings settings;
    private final String owner;
    private final ReentrantLock lock = new ReentrantLock();
    private final IdleClose idle;
    private volatile @Nullable Open open;
    private volatile boolean closed;
    private long lockedOutSince;

    /** A connection with what lives in its session. */
    record Open(DuckDBConnection connection, Staging staging, String file) {}

    /** Work that holds the session: nothing else uses or closes it meanwhile. */
    interface Work<T> {
        T run(Open open) throws SQLException;
    }

    Session(DuckDbSettings settings, String owner) {
        this.settings = settings;
        this.owner = owner;
        idle = new IdleClose(settings.releaseMillis(), this::closeIdle);
    }

    /** Runs work; what it throws leaves no transaction open, and a connection that is of no more use closed. */
    <T> T run(Work<T> work) throws SQLException {
        lock.lock();
        try {
            idle.cancel();
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
            // In this order: it may be due at once, and looks whether the session is in use.
            lock.unlock();
            idle.schedule();
        }
    }

    /** Whether the session is to end: long work looks at it between steps. */
    boolean isClosed() {
        return closed;
    }

    private Open open() {
        if (closed) {
            throw new ConnectException("The connection to the target is closed");
        }
        Open current = open;
        if (current != null) {
            return current;
        }
        String file = settings.isMotherDuck() ? "" : OpenFiles.acquire(settings.database(), owner);
        try {
            DuckDBConnection connection = connect(settings);
            current = new Open(connection, new Staging(connection, this::isClosed), file);
            open = current;
            lockedOutSince = 0;
        } catch (SQLException e) {
            OpenFiles.release(file);
            throw refused(e);
        }
        if (closed) {
            // The end of the task has not waited for the connection, and found none to close.
            drop();
            throw new ConnectException("The connection to the target is closed");
        }
        return current;
    }

    static DuckDBConnection connect(DuckDbSettings settings) throws SQLException {
        Connection connection = DriverManager.getConnection(settings.url(), settings.properties());
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
            return connection.unwrap(DuckDBConnection.class);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** A lock on the file may be that of a worker that is just ending; one that stays is somebody else's. */
    private ConnectException refused(SQLException e) {
        if (settings.isMotherDuck()) {
            return new RetriableException(
                    DuckDbWarehouse.DATABASE + " or " + DuckDbWarehouse.TOKEN + ": MotherDuck cannot be opened: "
                            + e.getMessage(),
                    e);
        }
        if (!SqlErrors.isLocked(e)) {
            return new ConnectException(
                    DuckDbWarehouse.DATABASE + ": the file " + settings.database() + " cannot be opened: "
                            + e.getMessage(),
                    e);
        }
        long now = System.nanoTime();
        lockedOutSince = lockedOutSince == 0 ? now : lockedOutSince;
        String message = "Another process has the file " + settings.database()
                + " open. A DuckDB file has one writer, and no reader while it writes: close the other program, or give this connector a file of its own. "
                + e.getMessage();
        boolean patient = (now - lockedOutSince) / 1_000_000 < settings.lockTimeoutMillis();
        return patient ? new RetriableException(message, e) : new ConnectException(message, e);
    }

    private void rollback(Open current) {
        try {
            try (Statement statement = current.connection.createStatement()) {
                statement.execute("ROLLBACK");
            } catch (SQLException e) {
                if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
                    throw e;
                }
            }
            current.staging.clear();
        } catch (SQLException e) {
            LOG.debug("Rolling back has failed", e);
            drop();
        }
    }

    private void drop() {
        Open current;
        synchronized (this) {
            current = open;
            open = null;
        }
        if (current == null) {
            return;
        }
        try {
            current.connection.close();
        } catch (SQLException e) {
            LOG.warn("Closing {} has failed: {}", settings.database(), e.getMessage());
        } finally {
            OpenFiles.release(current.file);
        }
    }

    private void closeIdle() {
        // Not while it is in use: the end of that use schedules this again.
        if (lock.tryLock()) {
            try {
                Open current = open;
                if (current != null && current.staging.isFilled()) {
                    // In the middle of a flush: what is staged lives in this session.
                    idle.schedule();
                } else {
                    drop();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Waits a little for what is running, then closes under it, which interrupts it. */
    @Override
    public void close() {
        closed = true;
        idle.close();
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
