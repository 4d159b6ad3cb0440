package io.millrace.source.query;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that a mirror has read up to a value that its source has not come to: the server's clock was set back, a sequence
 * or table was begun anew, or the server was restored. New rows then have values that count as read. For one thread.
 */
final class WentBack {
    private static final Logger LOG = LoggerFactory.getLogger(WentBack.class);

    /** Of the sequence that the column owns; null where there is none, or the role may not see it. */
    private static final String NEXT =
            """
            SELECT CASE WHEN pg_catalog.has_sequence_privilege(s.id, 'SELECT, USAGE')
                THEN pg_catalog.pg_sequence_last_value(s.id) END
            FROM (SELECT pg_catalog.pg_get_serial_sequence(?, ?)::regclass AS id) AS s WHERE s.id IS NOT NULL""";

    private @Nullable BigInteger told;

    /**
     * @param mark up to which it has been read
     * @param seen what the source has come to, a boundary aside
     * @param help what is done about it
     */
    boolean is(Connection session, Shape.Column column, BigInteger mark, BigInteger seen, String help)
            throws SQLException {
        if (!column.type().isBehind(seen, mark)) {
            told = null;
            return false;
        }
        if (column.type().isInteger() && goesOn(session, column, mark)) {
            return false;
        }
        if (!mark.equals(told)) {
            told = mark;
            LOG.warn(
                    "{}.{} was read up to {}, and its source has come to {} only: the clock was set back, values began anew,"
                            + " the last rows were deleted, or the server was restored. {}",
                    column.table(),
                    column.name(),
                    column.type().text(mark),
                    column.type().text(seen),
                    help);
        }
        return true;
    }

    /** Whether the last rows were only deleted: new ones get higher values. */
    private static boolean goesOn(Connection session, Shape.Column column, BigInteger mark) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(NEXT)) {
            statement.setString(1, column.table().quoted());
            statement.setString(2, column.name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getString(1) != null && new BigInteger(row.getString(1)).compareTo(mark) >= 0;
            }
        }
    }
}
