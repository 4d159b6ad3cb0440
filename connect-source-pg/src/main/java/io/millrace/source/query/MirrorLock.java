package io.millrace.source.query;

import io.millrace.source.catalog.Database;
import io.millrace.source.snapshot.AdvisoryKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows other connectors, by advisory locks in the source, that a task feeds a topic, so that no two do it at once. One
 * session holds the locks of all mirrors of a task. Where advisory locks are not allowed it says so once and lets
 * everything through. Thread-safe.
 */
public final class MirrorLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MirrorLock.class);
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final int ALIVE_SECONDS = 10;

    private static final String HOLDER =
            """
            SELECT l.pid, a.application_name FROM pg_catalog.pg_locks l
            LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
              AND (l.classid::int8 << 32 | l.objid::int8) = ?""";

    private final Database database;
    private final String server;
    private final Set<String> held = new HashSet<>();
    private @Nullable Connection session;
    private boolean refused;

    /** @param server the topic prefix */
    public MirrorLock(Database database, String server) {
        this.database = database;
        this.server = server;
    }

    /** Null when the mirror is this task's, else who has it. */
    synchronized @Nullable String holder(String topic) throws SQLException {
        if (refused) {
            return null;
        }
        Connection open = session;
        if (open == null || !open.isValid(ALIVE_SECONDS)) {
            held.clear();
            closeSession();
            Pooler.refuse(() -> database.connect("millrace query " + server));
            open = database.connect("millrace query " + server);
            session = open;
        }
        if (held.contains(topic)) {
            return null;
        }
        long key = AdvisoryKey.of("query " + topic);
        try (PreparedStatement statement = open.prepareStatement("SELECT pg_catalog.pg_try_advisory_lock(?)")) {
            statement.setLong(1, key);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (row.getBoolean(1)) {
                    held.add(topic);
                    return null;
                }
            }
        } catch (SQLException e) {
            if (!INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                throw e;
            }
            LOG.warn("Advisory locks are not allowed here: two connectors on one mirror would not be noticed");
            refused = true;
            return null;
        }
        try (PreparedStatement statement = open.prepareStatement(HOLDER)) {
            statement.setLong(1, key);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? "pid " + row.getInt(1) + " (" + row.getString(2) + ")"
                        : "a session that just ended";
            }
        }
    }

    @Override
    public synchronized void close() {
        closeSession();
    }

    private void closeSession() {
        try {
            if (session != null) {
                session.close();
            }
        } catch (SQLException e) {
            LOG.debug("Closing the session of locks: {}", e.getMessage());
        }
    }
}
