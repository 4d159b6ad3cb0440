package io.millrace.source.query;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Whether a relation is the same as before. A fingerprint is taken before the snapshot that is then read: the server's
 * counters may lag behind, so a change can be noticed late or twice, and never not at all.
 */
final class ChangeCheck {
    /**
     * TRUNCATE does not move the counters, so the files count too; and counters that begin anew prove nothing. A standby
     * does not count what it replays.
     */
    private static final String COUNTERS =
            """
            SELECT CASE WHEN pg_catalog.pg_is_in_recovery() OR NOT current_setting('track_counts')::bool THEN ''
                   ELSE md5(string_agg(concat_ws(':', t.oid, pg_catalog.pg_relation_filenode(t.oid::regclass),
                          pg_catalog.pg_stat_get_tuples_inserted(t.oid), pg_catalog.pg_stat_get_tuples_updated(t.oid),
                          pg_catalog.pg_stat_get_tuples_deleted(t.oid)), ',' ORDER BY t.oid)
                        || (SELECT coalesce(stats_reset::text, '') FROM pg_catalog.pg_stat_database
                            WHERE datname = current_database())) END
            FROM unnest(?::int8[]::oid[]) AS t(oid)""";

    private final MirrorSettings settings;

    ChangeCheck(MirrorSettings settings) {
        this.settings = settings;
    }

    /** Empty when it cannot be told. */
    String fingerprint(Connection session, Shape shape) throws SQLException {
        String contents =
                switch (settings.changes()) {
                    case STATISTICS -> statistics(session, shape);
                    case HASH -> hash(session, shape);
                    case NONE -> "";
                };
        return contents.isEmpty() ? "" : contents + "/" + Integer.toHexString(shape(shape));
    }

    /** A column that is added, dropped, renamed or retyped need not touch a row. */
    private int shape(Shape shape) {
        return 31 * (31 * shape.columns().hashCode() + shape.table().key().hashCode())
                + String.valueOf(settings.rowFilter()).hashCode();
    }

    /** By the server's counters; empty where there are none of the relation, as for views, foreign tables and queries. */
    String statistics(Connection session, Shape shape) throws SQLException {
        // A foreign partition has no blocks and no file, and nobody counts its rows.
        boolean foreign = shape.stored().stream().anyMatch(one -> one.file() == 0);
        if (shape.stored().isEmpty() || foreign || settings.rowFilter() != null) {
            return "";
        }
        Object[] oids = shape.stored().stream().map(Shape.Stored::oid).toArray();
        try (PreparedStatement statement = session.prepareStatement(COUNTERS)) {
            statement.setArray(1, session.createArrayOf("int8", oids));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    /** A sum over all rows, in any order: the server reads everything and sends one row. */
    private String hash(Connection session, Shape shape) throws SQLException {
        String query = "SELECT count(*)::text || ':' || coalesce(sum(pg_catalog.hashtextextended(r::text, 0)), 0)::text"
                + " FROM " + new RangePlan(shape, settings).whole("").rows();
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}
