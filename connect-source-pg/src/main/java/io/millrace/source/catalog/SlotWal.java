package io.millrace.source.catalog;

import io.millrace.source.position.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * What a slot makes the server keep.
 *
 * @param heldBytes from the oldest WAL that the slot needs to the newest there is; 0 for a slot that needs none or is gone
 * @param confirmedLsn up to where its reader has confirmed; 0 for none
 */
public record SlotWal(long heldBytes, long confirmedLsn) {
    private static final String READ =
            """
            SELECT coalesce(pg_catalog.pg_wal_lsn_diff(CASE WHEN pg_catalog.pg_is_in_recovery()
                THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_insert_lsn() END,
                restart_lsn), 0)::int8, coalesce(confirmed_flush_lsn, '0/0')::text
            FROM pg_catalog.pg_replication_slots WHERE slot_name = ?""";

    public static SlotWal read(Connection connection, String slot) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? new SlotWal(row.getLong(1), Lsn.parse(row.getString(2))) : new SlotWal(0, 0);
            }
        }
    }
}
