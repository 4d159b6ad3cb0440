package io.millrace.source.query;

import io.millrace.source.catalog.Identifier;
import io.millrace.source.position.Lsn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * One database snapshot that several sessions read from. Everything happens inside read-only transactions, so that
 * standbys and roles that may write nothing will do. It ends with its first session's transaction.
 *
 * @param xmin every transaction before it is over, with its epoch
 * @param lsn the WAL position after which it was taken, or that a standby had replayed by then
 * @param id for other sessions
 */
record Snapshot(long xmin, long lsn, String id) {
    private static final int LOCK_TIMEOUT_MILLIS = 30_000;
    private static final int MOST_ATTEMPTS = 20;
    private static final String SERIALIZATION_FAILURE = "40001";

    private static final String OLDEST = "pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text";

    private static final String LOOK =
            "SELECT " + OLDEST + ", (CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()"
                    + " ELSE pg_catalog.pg_current_wal_lsn() END)::text, pg_catalog.pg_export_snapshot()";

    /** Of what this session has locked, what was emptied or rewritten between the snapshot and the lock. */
    private static final String REWRITTEN =
            """
            SELECT c.relname FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
            WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND c.relkind IN ('r', 'm')
              AND c.relfilenode <> 0 AND c.relfilenode <> pg_catalog.pg_relation_filenode(c.oid)""";

    /**
     * Takes one, and locks what is read from against being emptied or rewritten, which an old snapshot would show as
     * empty.
     *
     * @param session without a transaction
     * @param from what stands behind FROM; it is planned and not run
     */
    static Snapshot take(Connection session, String from) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            begin(session);
            try (Statement statement = session.createStatement()) {
                statement.execute("SET LOCAL lock_timeout = " + LOCK_TIMEOUT_MILLIS);
                statement.execute("SELECT FROM " + from + " LIMIT 0");
                statement.execute("SET LOCAL lock_timeout = 0");
                try (ResultSet rewritten = statement.executeQuery(REWRITTEN)) {
                    if (rewritten.next()) {
                        if (attempt == MOST_ATTEMPTS) {
                            throw new SQLException(
                                    rewritten.getString(1) + " is rewritten again and again", SERIALIZATION_FAILURE);
                        }
                        session.rollback();
                        continue;
                    }
                }
                try (ResultSet row = statement.executeQuery(LOOK)) {
                    row.next();
                    return new Snapshot(
                            Long.parseUnsignedLong(row.getString(1)), Lsn.parse(row.getString(2)), row.getString(3));
                }
            }
        }
    }

    /** Every transaction before it is over now, with its epoch. */
    static long oldest(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("SELECT " + OLDEST)) {
            row.next();
            return Long.parseUnsignedLong(row.getString(1));
        }
    }

    /** Begins a transaction in another session that sees the same. */
    void join(Connection session) throws SQLException {
        begin(session);
        try (Statement statement = session.createStatement()) {
            statement.execute("SET TRANSACTION SNAPSHOT " + Identifier.literal(id));
        }
    }

    private static void begin(Connection session) throws SQLException {
        session.setAutoCommit(false);
        session.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        session.setReadOnly(true);
    }
}
