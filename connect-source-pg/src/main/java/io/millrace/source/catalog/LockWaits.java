package io.millrace.source.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which table a task's sessions wait for, because another session has locked it, and which session that is: the
 * server says nothing to whoever waits. It changes nothing. A thread and a session of its own, until it is closed.
 *
 * @see <a href="https://www.postgresql.org/docs/current/view-pg-locks.html">pg_locks</a>
 */
public final class LockWaits implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LockWaits.class);
    private static final long FIRST_PAUSE_MILLIS = 250;
    private static final long LONGEST_PAUSE_MILLIS = 5000;
    private static final long TELL_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long END_MILLIS = 2000;

    /** Those that have the lock or have asked for it before: their statements may show rows, so they stay unsaid. */
    private static final String WAITING =
            """
            SELECT DISTINCT n.nspname, c.relname, b.pid, coalesce(a.usename::text, '?'),
                   coalesce(a.application_name, ''), coalesce(a.state, '?'), a.xact_start::text
            FROM pg_catalog.pg_locks l
            JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            CROSS JOIN LATERAL unnest(pg_catalog.pg_blocking_pids(l.pid)) AS b(pid)
            LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid
            WHERE l.pid = ANY (?) AND l.locktype = 'relation' AND NOT l.granted
              AND (l.waitstart IS NULL OR l.waitstart <= clock_timestamp() - ? * interval '1 millisecond')
            ORDER BY n.nspname, c.relname, b.pid""";

    private final Database database;
    private final long patienceMillis;
    private final Consumer<String> tell;
    private final Map<String, Long> told = new HashMap<>();
    private final Thread thread;
    private volatile @Nullable Connection session;
    private volatile boolean closed;

    private LockWaits(Database database, Duration patience, Consumer<String> tell) {
        this.database = database;
        this.patienceMillis = patience.toMillis();
        this.tell = tell;
        this.thread = new Thread(this::run, Thread.currentThread().getName() + "-locks");
        thread.setDaemon(true);
    }

    /**
     * Looks from now on, at once and then ever less often, at least every {@value #LONGEST_PAUSE_MILLIS} ms.
     *
     * @param database whose sessions are looked at
     * @param patience how long a session may wait before it is told
     * @param tell takes a sentence, once a minute for each table and session that has it; called by the thread of the looks
     */
    public static LockWaits open(Database database, Duration patience, Consumer<String> tell) {
        LockWaits waits = new LockWaits(database, patience, tell);
        waits.thread.start();
        return waits;
    }

    private void run() {
        long pause = FIRST_PAUSE_MILLIS;
        try {
            while (!closed) {
                look();
                TimeUnit.MILLISECONDS.sleep(pause);
                pause = Math.min(LONGEST_PAUSE_MILLIS, 2 * pause);
            }
        } catch (InterruptedException e) {
            LOG.debug("No more looks at what is waited for");
        } finally {
            leave();
        }
    }

    /** A server that does not answer is noticed by those who wait: here it is only asked again. */
    private void look() {
        try {
            Connection open = session;
            if (open == null || open.isClosed()) {
                open = database.glance("millrace locks");
                session = open;
            }
            try (PreparedStatement statement = open.prepareStatement(WAITING)) {
                statement.setArray(
                        1,
                        open.createArrayOf(
                                "int4", database.sessions().processes().toArray()));
                statement.setLong(2, patienceMillis);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        found(row);
                    }
                }
            }
        } catch (SQLException e) {
            LOG.debug("Looking at what is waited for again in a moment: {}", e.getMessage());
            leave();
        }
    }

    private void found(ResultSet row) throws SQLException {
        TableId table = new TableId(row.getString(1), row.getString(2));
        int holder = row.getInt(3);
        long now = System.nanoTime();
        Long before = told.get(table + " " + holder);
        if (before != null && now - before < TELL_NANOS) {
            return;
        }
        told.put(table + " " + holder, now);
        String since = row.getString(7);
        String who = holder == 0
                ? "a prepared transaction (see pg_prepared_xacts)"
                : "session " + holder + " (user " + row.getString(4) + ", application \"" + row.getString(5) + "\", "
                        + row.getString(6) + (since == null ? "" : ", in a transaction since " + since) + ")";
        tell.accept("Table " + table + " is locked, and this task waits for it: " + who
                + " has it or asked for it before. The task goes on when that transaction ends"
                + (holder == 0 ? "" : "; SELECT pg_terminate_backend(" + holder + ") ends it"));
    }

    private void leave() {
        Connection open = session;
        session = null;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("Closing the session that looks at locks: {}", e.getMessage());
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
