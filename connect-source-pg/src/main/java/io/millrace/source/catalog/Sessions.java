package io.millrace.source.catalog;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Threads with a session each, for reading at several places at once. Whoever is done gives its session back without a
 * transaction, or has closed it; one that failed is closed. Safe for several threads.
 */
public final class Sessions implements AutoCloseable {
    private final Database database;
    private final String role;
    private final ExecutorService threads;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * @param role the sessions' {@code application_name}
     * @param count most threads at once
     * @param name of the threads
     */
    public Sessions(Database database, String role, int count, String name) {
        this.database = database;
        this.role = role;
        this.threads = Executors.newFixedThreadPool(count, runnable -> {
            Thread thread = new Thread(runnable, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** What is done with a session. */
    @FunctionalInterface
    public interface Work<T> {
        T with(Connection session) throws Exception;
    }

    public <T> Future<T> submit(Work<T> work) {
        return threads.submit(() -> {
            Connection session = take();
            boolean sound = false;
            try {
                T result = work.with(session);
                giveBack(session);
                sound = true;
                return result;
            } finally {
                if (!sound) {
                    discard(session);
                }
            }
        });
    }

    /** A session for the caller, who gives it back or discards it. */
    public Connection take() throws SQLException {
        Connection session = idle.poll();
        if (session == null || session.isClosed()) {
            session = database.connect(role);
            open.add(session);
            if (closed) {
                discard(session);
                throw new SQLException("closed while connecting", "08003");
            }
        }
        return session;
    }

    public void giveBack(Connection session) throws SQLException {
        if (session.isClosed()) {
            open.remove(session);
            return;
        }
        endTransaction(session);
        idle.push(session);
    }

    /** Rolls back what the session is in. */
    public void endTransaction(Connection session) throws SQLException {
        if (!session.getAutoCommit()) {
            session.rollback();
            session.setReadOnly(false);
            session.setAutoCommit(true);
        }
    }

    /** Closes the sessions that nobody uses: after one was lost the others may be gone as well. */
    public void forgetIdle() {
        for (Connection session = idle.poll(); session != null; session = idle.poll()) {
            discard(session);
        }
    }

    public void discard(Connection session) {
        open.remove(session);
        try {
            session.abort(Runnable::run);
        } catch (SQLException e) {
            // It is gone already, which is what was wanted.
            idle.remove(session);
        }
    }

    /** Cuts every session; whatever was going on fails. */
    @Override
    public void close() {
        closed = true;
        threads.shutdownNow();
        open.forEach(this::discard);
    }
}
