package io.millrace.source.stream;

import io.millrace.source.position.Lsn;
import io.millrace.source.position.StreamPosition;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The timelines that a server has behind it, with the LSN up to which it has each. A promotion begins another one there;
 * what the server before had written beyond it, this server does not have, though its own WAL soon covers the same LSNs.
 *
 * @see <a href="https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-TIMELINES">Timelines</a>
 */
record Timelines(Map<Long, Long> ends) {
    private static final Logger LOG = LoggerFactory.getLogger(Timelines.class);
    private static final String NO_SUCH_FILE = "58P01";

    Timelines {
        ends = Map.copyOf(ends);
    }

    /**
     * Refuses a server that does not have all that was read.
     *
     * @param current the stream's identity here
     */
    static void check(PGConnection replication, StreamPosition position, String current) throws SQLException {
        long before = position.timeline();
        long now = StreamPosition.timeline(current);
        // Another cluster (a restored dump, an upgrade) counts its timelines for itself.
        if (before != 0 && now != before && position.isOf(current)) {
            if (now < before) {
                throw new ConnectException("database.hostname: the server is on timeline " + now + ", and " + before
                        + " was read before: it is the primary that a standby has taken over from, and what was written"
                        + " there since is not here. Connect to the server that took over; to go on with this one all"
                        + " the same delete the connector's offsets, which copies the tables again");
            }
            try (Statement statement = ((Connection) replication).createStatement();
                    ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + now)) {
                row.next();
                parse(row.getString("content")).check(reached(position), before, now);
            } catch (SQLException e) {
                if (!NO_SUCH_FILE.equals(e.getSQLState())) {
                    throw e;
                }
                LOG.warn(
                        "The server is on timeline {}, and {} before; it does not say since where ({}): whether it has all"
                                + " that was read up to {} is not known",
                        now,
                        before,
                        e.getMessage(),
                        Lsn.text(reached(position)));
            }
        }
    }

    /** Up to where the WAL was read: to the commit of a transaction of which something was emitted. */
    static long reached(StreamPosition position) {
        boolean within = position.ordinal() > 0 && Long.compareUnsigned(position.commitLsn(), position.wholeLsn()) >= 0;
        return within ? position.commitLsn() + 1 : position.wholeLsn();
    }

    /** @param content of a history file; lines that are none of its own are passed over */
    static Timelines parse(String content) {
        Map<Long, Long> ends = new HashMap<>();
        for (String line : content.lines().toList()) {
            String[] fields = line.strip().split("\\s+", 3);
            if (fields.length >= 2
                    && fields[0].matches("\\d{1,10}")
                    && fields[1].matches("[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}")) {
                ends.put(Long.parseLong(fields[0]), Lsn.parse(fields[1]));
            }
        }
        return new Timelines(ends);
    }

    /** Throws {@link ConnectException} unless all before the LSN, up to which a timeline was read, is in this history. */
    void check(long reached, long before, long now) {
        Long end = ends.get(before);
        if (end != null && Long.compareUnsigned(reached, end) <= 0) {
            return;
        }
        String what = end == null
                ? "is on timeline " + now + ", which does not come from timeline " + before
                : "left timeline " + before + " at " + Lsn.text(end) + " (it is on " + now + ")";
        throw new ConnectException("database.hostname: the server " + what + ", and was read on that up to "
                + Lsn.text(reached) + ": it is a standby that was promoted without all of the primary's WAL, or was"
                + " restored to an earlier point. The topics may have changes that it has not, and would miss some of its"
                + " own: delete the connector's offsets to copy the tables again. With synchronized_standby_slots on the"
                + " primary (Postgres 17 and later) the stream never gets ahead of the standby");
    }
}
