package io.millrace.source;

import io.millrace.source.catalog.Database;
import io.millrace.source.position.StreamPosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Debezium stores no timeline with its offsets, but the transaction that it had read last: a server that was promoted, or
 * restored, without it has not begun it, or has another one of this id. Such another one is known where it was rolled back,
 * and under {@code track_commit_timestamp} by when it was committed.
 *
 * @see <a href="https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT">Transaction ID and
 *     snapshot information functions</a>
 */
final class LastTransaction {
    private static final String IN_THE_FUTURE = "22023";
    private static final String NOT_BEGUN = "not begun";
    private static final String OTHER = "committed at another time";
    private static final Set<String> REFUSED = Set.of(NOT_BEGUN, "aborted", OTHER);

    /** The messages of a stream and the server's own record have the same microseconds. */
    private static final long TOLERANCE_MICROS = 1000;

    private static final String COMMITTED =
            "SELECT (extract(epoch FROM pg_catalog.pg_xact_commit_timestamp((? % 4294967296)::text::xid)) * 1000000)::int8";

    private LastTransaction() {}

    /**
     * @param offset as stored; one of ours says more itself and is not looked at here
     * @throws ConnectException for a server that lacks the transaction
     */
    static void check(Database database, @Nullable Map<String, Object> offset) throws SQLException {
        if (offset == null || !(offset.get("txId") instanceof Number id)) {
            return;
        }
        StreamPosition position = StreamPosition.of(offset);
        if (position == null || !position.stream().isEmpty()) {
            return;
        }
        try (Connection connection = database.look("millrace check")) {
            long next = next(connection);
            // The offset has the lower half of the id.
            long xid = next + (id.intValue() - (int) next);
            if (xid <= 2) {
                return;
            }
            String found = status(connection, xid);
            if (found.equals("committed")
                    && offset.get("ts_usec") instanceof Number then
                    && isOfAnotherTime(connection, xid, then.longValue())) {
                found = OTHER;
            }
            if (REFUSED.contains(found)) {
                throw new ConnectException("database.hostname: " + database + " has not all that Debezium had read: of"
                        + " transaction " + Integer.toUnsignedString(id.intValue())
                        + ", which was committed there, it says: "
                        + found
                        + ". It is a standby that was promoted without all of the primary's WAL, was restored to an"
                        + " earlier point, or is another server. The topics may have changes that it has not, and would"
                        + " miss some of its own: delete the connector's offsets to copy the tables again, or, where the"
                        + " position is known to be right here, give it without txId");
            }
        }
    }

    private static long next(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text")) {
            row.next();
            return Long.parseUnsignedLong(row.getString(1));
        }
    }

    /** False as well where the server does not keep times, or not of one so old. */
    private static boolean isOfAnotherTime(Connection connection, long xid, long micros) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet kept = statement.executeQuery("SELECT current_setting('track_commit_timestamp')::bool")) {
            kept.next();
            if (!kept.getBoolean(1)) {
                return false;
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(COMMITTED)) {
            statement.setLong(1, xid);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                long committed = row.getLong(1);
                return !row.wasNull() && Math.abs(committed - micros) > TOLERANCE_MICROS;
            }
        }
    }

    /** The server's word for it; "unknown" for one so old that it does not know. */
    private static String status(Connection connection, long xid) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT pg_catalog.pg_xact_status(?::text::xid8)")) {
            statement.setString(1, Long.toUnsignedString(xid));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return Objects.requireNonNullElse(row.getString(1), "unknown");
            }
        } catch (SQLException e) {
            if (IN_THE_FUTURE.equals(e.getSQLState())) {
                return NOT_BEGUN;
            }
            throw e;
        }
    }
}
