package io.millrace.source.query;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Up to which point a table is settled: no transaction that is not over yet can still bring a value from before it. That
 * a transaction has no xid proves nothing, as it may have taken {@code now()} or a value of a sequence already; so a
 * point counts once every transaction that had begun by then has ended, and the prepared ones too. Holds for values that
 * the server gives out in order. For one thread; sessions are in autocommit, since activity is shown anew only to a new
 * transaction.
 *
 * @see <a href="https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW">
 *     pg_stat_activity</a>
 */
final class LowWater {
    private static final Logger LOG = LoggerFactory.getLogger(LowWater.class);

    /** More than a process waits between taking a transaction's time and showing it. */
    private static final long UNSHOWN_MICROS = 1_000_000L;

    /** What the server says where a right lacks; the next run finds out what may be done without it. */
    static final String RIGHT_LOST = "42501";

    private static final int MOST_POINTS = 64;
    private static final long LOOK_MILLIS = 20;
    private static final long TELL_NANOS = 60_000_000_000L;

    /** Whether this session sees when others' transactions began; to who may not it looks as if there were none. */
    private static final String SHOWN = "NOT pg_catalog.pg_is_in_recovery()"
            + " AND pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')"
            + " AND current_setting('track_activities')::bool";

    private static final String BEGIN = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::int8,"
            + " pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text";

    /** Autovacuum gives out no values, nor do our own readers, those that hold a copy's snapshot among them. */
    private static final String OLDEST =
            "SELECT (extract(epoch FROM coalesce(xact_start, backend_start)) * 1000000)::int8, pid, application_name,"
                    + " xact_start IS NULL FROM pg_catalog.pg_stat_activity"
                    + " WHERE datid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())"
                    // With track_activities off it may have begun a transaction at any time since it came.
                    + " AND pid <> pg_catalog.pg_backend_pid() AND (xact_start IS NOT NULL OR state = 'disabled')"
                    + " AND backend_type <> 'autovacuum worker'"
                    + " AND NOT (application_name ~ '^(millrace query|millrace snapshot|mr [0-9a-f]+ )'"
                    + " AND usename = current_user)"
                    + " ORDER BY 1 LIMIT 1";

    /**
     * Asked after {@link #OLDEST}: whoever was prepared in between is seen here or was seen there. With prepared ones also
     * the next xid to be given out, since a snapshot's xmax lies behind the last transaction that is over, which prepared
     * ones may have been begun after.
     */
    private static final String XIDS =
            """
            SELECT xmin::text, CASE WHEN EXISTS (
                SELECT FROM pg_catalog.pg_prepared_xacts WHERE database = current_database())
                THEN xmax + age((xmax %% 4294967296)::text::xid) END, %s
            FROM (SELECT pg_catalog.pg_snapshot_xmin(s)::text::int8 AS xmin, pg_catalog.pg_snapshot_xmax(s)::text::int8 AS xmax
                  FROM pg_catalog.pg_current_snapshot() AS s) AS now"""
                    .formatted(SHOWN);

    /** Who keeps the oldest xid, of whichever database: they have one counter. */
    private static final String HOLDER =
            """
            SELECT who FROM (
              SELECT format('the prepared transaction %L of database %s', gid, database) AS who, age(transaction) AS age
              FROM pg_catalog.pg_prepared_xacts
              UNION ALL SELECT format('the transaction of pid %s (%s) of database %s', pid, application_name, datname),
                     age(backend_xid)
              FROM pg_catalog.pg_stat_activity WHERE backend_xid IS NOT NULL) AS holders
            ORDER BY age DESC LIMIT 1""";

    private final Deque<Open> open = new ArrayDeque<>();
    private @Nullable Point settled;
    private long clock;
    private long toldNanos = System.nanoTime();

    /**
     * A settled point.
     *
     * @param micros the server's clock, somewhat before
     * @param value what was the highest value then; null where that was not asked
     */
    record Point(long micros, @Nullable BigInteger value) {}

    private record Open(Point point, long clock, long xmax, long afterXmax) {}

    /** @param hidden whether it does not show its transactions */
    private record Oldest(long micros, int pid, String application, boolean hidden) {}

    /** Whether this can be used by a session at all. */
    static boolean possible(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("SELECT " + SHOWN)) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** Takes down the point that is now. @param value as read just before */
    private void add(Connection session, @Nullable BigInteger value) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(BEGIN)) {
            row.next();
            long now = row.getLong(1);
            if (now < clock) {
                // Points of a clock that was set back since say nothing about what comes from now on.
                open.clear();
                settled = null;
            }
            clock = now;
            open.addLast(
                    new Open(new Point(now - UNSHOWN_MICROS, value), now, Long.parseUnsignedLong(row.getString(2)), 0));
        }
        if (open.size() > MOST_POINTS) {
            thin();
        }
    }

    /** Under a transaction that goes on for hours every other point will do. */
    private void thin() {
        Iterator<Open> points = open.iterator();
        for (int i = 0; points.hasNext(); i++) {
            points.next();
            if (i % 2 == 1 && points.hasNext()) {
                points.remove();
            }
        }
    }

    /**
     * The latest settled point: that of now, if the transactions at hand end within the patience, else an earlier one;
     * null when no point so far is settled. A snapshot taken afterwards shows everything from before it.
     *
     * @param value the highest value, read just before by the same session; null for times
     */
    @Nullable
    Point settled(Connection session, @Nullable BigInteger value, long patienceMillis)
            throws SQLException, InterruptedException {
        add(session, value);
        long deadline = System.nanoTime() + patienceMillis * 1_000_000;
        while (true) {
            Oldest oldest = oldest(session);
            Point best = look(session, oldest);
            if (open.isEmpty() || System.nanoTime() >= deadline) {
                if (!open.isEmpty() && System.nanoTime() - toldNanos >= TELL_NANOS) {
                    toldNanos = System.nanoTime();
                    LOG.warn(
                            "The watermark waits for {}, which may still bring earlier values; end it if it is forgotten",
                            waitsFor(session, oldest));
                }
                return best;
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private @Nullable Point look(Connection session, @Nullable Oldest oldest) throws SQLException {
        long xmin;
        long next;
        boolean prepared;
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(XIDS)) {
            row.next();
            xmin = Long.parseUnsignedLong(row.getString(1));
            next = row.getLong(2);
            prepared = !row.wasNull();
            if (!row.getBoolean(3)) {
                // What was seen as the oldest before this may have been the oldest of our own.
                throw new SQLException(
                        "which transactions are open is not shown any more: give the role pg_read_all_stats"
                                + " back, or set watermark.boundary",
                        RIGHT_LOST);
            }
        }
        Point best = settled;
        Deque<Open> left = new ArrayDeque<>();
        for (Open one : open) {
            boolean begunOver = one.afterXmax != 0 || oldest == null || oldest.micros > one.clock;
            // Of prepared transactions only the xid is known: all that are prepared by now have to end.
            Open now = begunOver && one.afterXmax == 0
                    ? new Open(one.point, one.clock, one.xmax, prepared ? next : one.xmax)
                    : one;
            if (now.afterXmax != 0 && xmin >= now.afterXmax) {
                best = now.point;
            } else {
                left.addLast(now);
            }
        }
        Point found = best;
        // What is older than a settled point says nothing any more.
        left.removeIf(one -> found != null && one.point.micros <= found.micros);
        open.clear();
        open.addAll(left);
        settled = best;
        return best;
    }

    private static @Nullable Oldest oldest(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(OLDEST)) {
            return row.next()
                    ? new Oldest(row.getLong(1), row.getInt(2), String.valueOf(row.getString(3)), row.getBoolean(4))
                    : null;
        }
    }

    /** @param oldest of this database; null where none is open, and only an xid is waited for */
    static String waitsFor(Connection session, @Nullable Oldest oldest) throws SQLException {
        if (oldest != null) {
            return oldest.hidden
                    ? "all of the session of pid " + oldest.pid + " (" + oldest.application
                            + "), which does not show its" + " transactions (set track_activities=on for its role)"
                    : "the transaction of pid " + oldest.pid + " (" + oldest.application + ")";
        }
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(HOLDER)) {
            return row.next() ? row.getString(1) : "a transaction that is not shown";
        }
    }
}
