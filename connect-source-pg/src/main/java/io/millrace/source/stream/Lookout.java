package io.millrace.source.stream;

import io.millrace.source.catalog.Database;
import io.millrace.source.position.StreamOffset;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the server now and then, in a thread and a session of its own: a table that DDL has locked, or a catalog of
 * thousands of tables, keeps no event of the stream waiting. What is found is {@linkplain #take taken} by the stream's thread,
 * and what a look fails with is thrown there, a server that does not answer among it.
 */
final class Lookout implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lookout.class);
    private static final long PAUSE_MILLIS = 2000;
    private static final long END_MILLIS = 2000;

    private final Database database;
    private final List<Watch> watches;
    private final LinkedBlockingQueue<Work> asked = new LinkedBlockingQueue<>();
    private final Queue<Watch.Finding> found = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Connection session;
    private volatile boolean closed;

    /** Something that the server is to do, and that the stream need not wait for. */
    @FunctionalInterface
    interface Work {
        void run() throws SQLException;
    }

    private Lookout(Database database, List<Watch> watches) {
        this.database = database;
        this.watches = watches;
        this.thread = new Thread(this::run, Thread.currentThread().getName() + "-lookout");
        thread.setDaemon(true);
    }

    /** @param watches used by one thread at a time */
    static Lookout open(Database database, List<Watch> watches) {
        Lookout lookout = new Lookout(database, watches);
        lookout.thread.start();
        return lookout;
    }

    /** Has something done soon; its failure ends the stream. */
    void ask(Work work) {
        asked.add(work);
    }

    /**
     * Does what was found, in the stream's thread between two transactions.
     *
     * @param emitted up to where all is handed over
     */
    void take(Supplier<StreamOffset> emitted) throws SQLException, InterruptedException {
        for (Watch.Finding next = found.peek(); next != null; next = found.peek()) {
            next.take(emitted.get());
            // Only now: the next look is to see what came of it.
            found.remove();
        }
        Throwable thrown = failure;
        if (thrown instanceof SQLException e) {
            throw e;
        }
        if (thrown instanceof RuntimeException e) {
            throw e;
        }
        if (thrown instanceof Error e) {
            throw e;
        }
    }

    private void run() {
        try {
            while (!closed) {
                if (found.isEmpty()) {
                    for (Watch watch : watches) {
                        look(watch);
                    }
                }
                Work work = asked.poll(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                while (work != null && isDone(work)) {
                    work = asked.poll();
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("Looking at the server ends");
        } catch (SQLException | RuntimeException | Error e) {
            failure = e;
        } finally {
            leave();
        }
    }

    /** False when it is to be tried again later. */
    private boolean isDone(Work work) throws SQLException {
        try {
            work.run();
            return true;
        } catch (SQLException e) {
            if (!Database.LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw e;
            }
            LOG.warn("What the stream has asked for waits, as another session has the table: {}", e.getMessage());
            asked.add(work);
            return false;
        }
    }

    private void look(Watch watch) throws SQLException {
        try {
            Connection open = session;
            if (open == null || open.isClosed()) {
                open = database.glance("millrace watch");
                session = open;
            }
            Watch.Finding finding = watch.look(open);
            if (finding != null) {
                found.add(finding);
            }
        } catch (SQLException e) {
            if (!closed && !passes(e)) {
                throw e;
            }
            LOG.debug("Looking at the server again in a moment: {}", e.getMessage());
            if (!Database.LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                leave();
            }
        }
    }

    /**
     * A server that does not answer is no such case: the stream's own connection only waits for what comes, and would not
     * notice that nothing ever will.
     */
    private static boolean passes(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.equals(Database.LOCK_NOT_AVAILABLE) || state.startsWith("53") || state.startsWith("57P");
    }

    private void leave() {
        Connection open = session;
        session = null;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("Closing the session of looks: {}", e.getMessage());
            }
        }
    }

    /** Cuts a look under way. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        leave();
        try {
            thread.join(END_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
