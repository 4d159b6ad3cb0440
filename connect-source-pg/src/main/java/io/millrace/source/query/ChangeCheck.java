package io.millrace.source.query;

import io.millrace.source.catalog.Identifier;
import io.millrace.source.record.TableSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Whether a relation is the same as before. A fingerprint is taken before the snapshot that is then read: the server's
 * counters may lag behind, so a change can be noticed late or twice, and never not at all.
 *
 * @see <a href="https://www.postgresql.org/docs/current/monitoring-stats.html">The Cumulative Statistics System</a>
 */
final class ChangeCheck {
    /** Before this version a session kept its counts to itself for as long as it was idle, and their way was UDP. */
    private static final int COUNTED_IN_TIME = 15;

    /**
     * TRUNCATE does not move the counters, so the files count too. Counters that begin anew prove nothing: the database's
     * are set back on purpose, and all of them when a server begins with a crash behind it or is another one than before,
     * which the time of the writer's shows. A standby does not count what it replays, and nobody does where a role is set
     * not to.
     */
    private static final String COUNTERS =
            """
            SELECT CASE WHEN pg_catalog.pg_is_in_recovery() OR NOT current_setting('track_counts')::bool
                     OR EXISTS (SELECT FROM pg_catalog.pg_db_role_setting r, unnest(r.setconfig) AS s(one)
                                WHERE CASE WHEN split_part(s.one, '=', 1) = 'track_counts'
                                           THEN NOT split_part(s.one, '=', 2)::bool END) THEN ''
                   ELSE md5(string_agg(concat_ws(':', t.oid, pg_catalog.pg_relation_filenode(t.oid::regclass),
                          pg_catalog.pg_stat_get_tuples_inserted(t.oid), pg_catalog.pg_stat_get_tuples_updated(t.oid),
                          pg_catalog.pg_stat_get_tuples_deleted(t.oid)), ',' ORDER BY t.oid)
                        || (SELECT concat_ws(':', 'reset', d.stats_reset, w.stats_reset)
                            FROM pg_catalog.pg_stat_database d, pg_catalog.pg_stat_bgwriter w
                            WHERE d.datname = current_database())) END
            FROM unnest(?::int8[]::oid[]) AS t(oid)""";

    private final MirrorSettings settings;

    ChangeCheck(MirrorSettings settings) {
        this.settings = settings;
    }

    /**
     * Empty when it cannot be told.
     *
     * @param shape with the columns that are carried
     * @param schema of its records, which may come out otherwise though no row was touched
     */
    String fingerprint(Connection session, Shape shape, TableSchema schema) throws SQLException {
        String contents =
                switch (settings.changes()) {
                    case STATISTICS -> counted(session) ? statistics(session, shape) : hash(session, shape);
                    case HASH -> hash(session, shape);
                    case NONE -> "";
                };
        String form = described(schema.key()) + described(schema.envelope().schema()) + settings.rowFilter();
        return contents.isEmpty() ? "" : contents + "/" + Integer.toHexString(form.hashCode());
    }

    private static boolean counted(Connection session) throws SQLException {
        return session.getMetaData().getDatabaseMajorVersion() >= COUNTED_IN_TIME;
    }

    /** The same text for the same schema in every process. */
    private static String described(@Nullable Schema schema) {
        if (schema == null) {
            return "-";
        }
        StringBuilder text = new StringBuilder()
                .append(schema.type())
                .append(schema.isOptional() ? "?" : "")
                .append(schema.name())
                .append(schema.version());
        if (schema.parameters() != null) {
            text.append(new TreeMap<>(schema.parameters()));
        }
        if (schema.type() == Schema.Type.STRUCT) {
            schema.fields().forEach(field -> text.append(field.name()).append(described(field.schema())));
        } else if (schema.type() == Schema.Type.ARRAY) {
            text.append(described(schema.valueSchema()));
        } else if (schema.type() == Schema.Type.MAP) {
            text.append(described(schema.keySchema())).append(described(schema.valueSchema()));
        }
        return text.append(';').toString();
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
        String columns = shape.columns().stream()
                .map(column -> Identifier.quoted(column.name()))
                .collect(Collectors.joining(", "));
        String query =
                "SELECT count(*)::text || ':' || coalesce(sum(pg_catalog.hashtextextended(r::text, 0)), 0)::text FROM "
                        + new RangePlan(shape, settings).whole("").rows(columns);
        try (Statement statement = session.createStatement();
                ResultSet sum = statement.executeQuery(query)) {
            sum.next();
            return sum.getString(1);
        }
    }
}
