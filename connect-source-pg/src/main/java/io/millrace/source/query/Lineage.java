package io.millrace.source.query;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which history of which cluster a position belongs to: xids and values that were given out after a failover, or in
 * another cluster, may be those of other rows in the history before. Immutable.
 *
 * @param system the cluster's identifier
 * @param timeline grows with each promotion
 * @see <a href="https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-TIMELINES">Timelines</a>
 */
record Lineage(String system, long timeline) {
    private static final Logger LOG = LoggerFactory.getLogger(Lineage.class);
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** A standby learns of a promotion above it with the next restart point, later than it follows. */
    private static final String LOOK =
            """
            SELECT system_identifier::text, CASE WHEN pg_catalog.pg_is_in_recovery()
                THEN (SELECT timeline_id::int8 FROM pg_catalog.pg_control_checkpoint())
                ELSE ('x' || substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8))::bit(32)::int8 END
            FROM pg_catalog.pg_control_system()""";

    /** Null where the role may not know it. */
    static @Nullable Lineage of(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(LOOK)) {
            row.next();
            return new Lineage(row.getString(1), row.getLong(2));
        } catch (SQLException e) {
            if (INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                return null;
            }
            throw e;
        }
    }

    /** Notices another server, or one that was promoted since, of which nobody knows how much of the old one it has. */
    static void follow(Connection session, String mirror, MirrorOutput out) throws SQLException, InterruptedException {
        Lineage now = of(session);
        Lineage before = out.state().lineage();
        if (now == null || now.equals(before)) {
            return;
        }
        if (before == null) {
            // A mirror that has not begun has nothing to store yet.
            out.change(state -> state.in(now));
            if (out.state().copied()) {
                out.advance("history", state -> state);
            }
        } else if (now.parts(before)) {
            LOG.warn(
                    "{}: the source was another server, or was promoted ({} before, {} now): what was read may have been"
                            + " lost there, and is read again where that does no harm",
                    mirror,
                    before.text(),
                    now.text());
            out.advance("moved", state -> state.moved(now));
        }
    }

    /** Whether what was read in another one may not be what this one has. A standby may be behind in what it knows. */
    boolean parts(Lineage before) {
        return !system.equals(before.system) || timeline > before.timeline;
    }

    String text() {
        return system + "/" + timeline;
    }

    /** @throws IllegalArgumentException for what {@link #text} did not write */
    static Lineage parse(String text) {
        int slash = text.lastIndexOf('/');
        try {
            return new Lineage(text.substring(0, Math.max(0, slash)), Long.parseLong(text.substring(slash + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no history: it is system/timeline", e);
        }
    }
}
