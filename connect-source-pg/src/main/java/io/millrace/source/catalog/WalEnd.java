package io.millrace.source.catalog;

import io.millrace.source.position.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** How far a server's WAL goes. */
public final class WalEnd {
    private WalEnd() {}

    /** The position at which the next record will be written, or on a standby up to which it has been replayed. */
    public static long read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()"
                                + " ELSE pg_catalog.pg_current_wal_insert_lsn() END");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return Lsn.parse(row.getString(1));
        }
    }
}
