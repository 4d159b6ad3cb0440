package io.millrace.source.snapshot;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ACCESS SHARE on the one table that a task is reading, from the task's first chunk of it to its last: nobody empties or
 * rewrites it meanwhile, which the snapshot would not survive. Other tables stay free for DDL. It is taken in a
 * subtransaction of the lease, whose end releases it. Not thread-safe.
 *
 * @see <a href="https://www.postgresql.org/docs/current/mvcc-caveats.html">Caveats of MVCC</a>
 */
final class TableLock {
    private static final Logger LOG = LoggerFactory.getLogger(TableLock.class);
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String UNDEFINED_TABLE = "42P01";
    private static final String UNDEFINED_SCHEMA = "3F000";
    private static final int TIMEOUT_MILLIS = 1000;
    private static final String END = "ROLLBACK TO SAVEPOINT millrace_table; RELEASE SAVEPOINT millrace_table";

    /** The catalog shows the file as of the snapshot, the function and the name show them as of now. */
    private static final String AS_PLANNED =
            "pg_catalog.to_regclass(p.name)::oid IS NOT DISTINCT FROM p.oid AND NOT EXISTS"
                    + " (SELECT FROM pg_catalog.pg_class c WHERE c.oid = p.oid"
                    + " AND c.relfilenode <> pg_catalog.pg_relation_filenode(c.oid))";

    /** What a view reads, and what that does. */
    private static final String CHANGED_BENEATH =
            """
            WITH RECURSIVE beneath(n, oid) AS (
                SELECT p.n, p.oid FROM unnest(?::oid[]) WITH ORDINALITY AS p(oid, n)
                UNION
                SELECT b.n, d.oid FROM beneath b CROSS JOIN LATERAL (
                    SELECT x.refobjid AS oid FROM pg_catalog.pg_rewrite r
                    JOIN pg_catalog.pg_depend x ON x.classid = 'pg_catalog.pg_rewrite'::regclass AND x.objid = r.oid
                     AND x.refclassid = 'pg_catalog.pg_class'::regclass
                    WHERE r.ev_class = b.oid AND r.rulename = '_RETURN'
                    UNION ALL
                    SELECT i.inhrelid FROM pg_catalog.pg_inherits i WHERE i.inhparent = b.oid) AS d)
            SELECT DISTINCT b.n FROM beneath b JOIN pg_catalog.pg_class c ON c.oid = b.oid
            WHERE c.relfilenode <> 0 AND c.relfilenode IS DISTINCT FROM pg_catalog.pg_relation_filenode(c.oid)""";

    private final Connection session;
    private final boolean yields;
    private @Nullable Piece locked;
    private @Nullable String told;

    /** What came of a lock. */
    enum Result {
        LOCKED,
        /** DDL of another session has it, or waits for it. */
        BUSY,
        /** It is not any more what the snapshot has: rows of it cannot be read from this snapshot. */
        VOID
    }

    /**
     * @param session inside the snapshot's transaction
     * @param yields whether DDL that waits goes before the rest of a table
     */
    TableLock(Connection session, boolean yields) {
        this.session = session;
        this.yields = yields;
    }

    /** Locks a piece, and lets go of the one before. */
    Result take(Piece piece) throws SQLException {
        if (piece.equals(locked)) {
            if (!ddlWaits(piece) || !yields) {
                return Result.LOCKED;
            }
            LOG.warn("Letting DDL on {} through: the table will be copied again from a new snapshot", piece.stored());
            release();
            return Result.BUSY;
        }
        // In one message, as there may be thousands of small tables.
        String before = locked == null ? "" : END + "; ";
        locked = null;
        try (Statement statement = session.createStatement()) {
            statement.execute(before + "SAVEPOINT millrace_table; SET LOCAL lock_timeout = " + TIMEOUT_MILLIS + "; "
                    + lock(piece) + "; SET LOCAL lock_timeout = 0");
            locked = piece;
        } catch (SQLException e) {
            if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                tell(piece, "DDL of another session has " + piece.stored() + " or waits for it: its copy waits");
                end();
                return Result.BUSY;
            }
            if (UNDEFINED_TABLE.equals(e.getSQLState()) || UNDEFINED_SCHEMA.equals(e.getSQLState())) {
                end();
                return Result.VOID;
            }
            throw e;
        }
        if (changed(List.of(piece)).isEmpty()) {
            return Result.LOCKED;
        }
        release();
        return Result.VOID;
    }

    /** LOCK is for tables; whatever is read is locked as well, a view with all that it reads. */
    private static String lock(Piece piece) {
        String name = piece.stored().quoted();
        return piece.table().streams()
                ? "LOCK TABLE ONLY " + name + " IN ACCESS SHARE MODE"
                : "SELECT FROM " + name + " LIMIT 0";
    }

    void release() throws SQLException {
        if (locked != null) {
            locked = null;
            end();
        }
    }

    private void end() throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute(END);
        }
    }

    /** Which were dropped, emptied, rewritten or replaced since the snapshot. */
    List<Piece> changed(List<Piece> pieces) throws SQLException {
        String query = "SELECT p.n FROM unnest(?::text[], ?::oid[]) WITH ORDINALITY AS p(name, oid, n) WHERE NOT ("
                + AS_PLANNED + ")";
        try (PreparedStatement statement = session.prepareStatement(query)) {
            statement.setArray(
                    1,
                    session.createArrayOf(
                            "text",
                            pieces.stream()
                                    .map(piece -> piece.stored().quoted())
                                    .toArray()));
            statement.setArray(2, oids(pieces));
            try (ResultSet rows = statement.executeQuery()) {
                List<Piece> found = new ArrayList<>();
                while (rows.next()) {
                    found.add(pieces.get(rows.getInt(1) - 1));
                }
                found.addAll(changedBeneath(pieces.stream()
                        .filter(piece -> piece.table().kind() == 'v' && !found.contains(piece))
                        .toList()));
                return found;
            }
        }
    }

    /** Of these views, those of which something that they read was emptied, rewritten or dropped since the snapshot. */
    private List<Piece> changedBeneath(List<Piece> views) throws SQLException {
        List<Piece> found = new ArrayList<>();
        if (views.isEmpty()) {
            return found;
        }
        try (PreparedStatement statement = session.prepareStatement(CHANGED_BENEATH)) {
            statement.setArray(1, oids(views));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(views.get(rows.getInt(1) - 1));
                }
            }
        }
        return found;
    }

    private java.sql.Array oids(List<Piece> pieces) throws SQLException {
        return session.createArrayOf(
                "oid",
                pieces.stream()
                        .map(piece -> Integer.toUnsignedLong(piece.oid()))
                        .toArray());
    }

    private boolean ddlWaits(Piece piece) throws SQLException {
        String query = "SELECT l.pid, a.query FROM pg_catalog.pg_locks l"
                + " LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid"
                + " WHERE l.locktype = 'relation' AND l.relation = ? AND NOT l.granted"
                + " AND pg_catalog.pg_backend_pid() = ANY (pg_catalog.pg_blocking_pids(l.pid)) LIMIT 1";
        try (PreparedStatement statement = session.prepareStatement(query)) {
            statement.setLong(1, Integer.toUnsignedLong(piece.oid()));
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return false;
                }
                tell(
                        piece,
                        "Session " + row.getInt(1) + " waits for the copy of " + piece.stored() + " to end: "
                                + row.getString(2) + ". snapshot.ddl.handling.mode=yield lets it through");
                return true;
            }
        }
    }

    private void tell(Piece piece, String what) {
        String name = piece.stored().toString();
        if (!name.equals(told)) {
            LOG.warn("{}", what);
            told = name;
        }
    }
}
