package io.millrace.quickstart.proof;

import io.millrace.quickstart.database.Relation;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Count and checksum of a table's rows, in no order: the sum over all rows of 64 bits of the md5 of the row's text.
 * Computed inside the database, from the columns that the source has; columns that only the target has do not count.
 */
public record Digest(long rows, BigDecimal checksum) {
    /**
     * The columns of a table in order as SQL, without generated ones: those are not mirrored. A numeric without a scale
     * of its own counts by its value: Debezium's records do not tell 1.50 from 1.5.
     */
    public static List<String> columns(Connection connection, Relation table) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (var query = connection.prepareStatement(
                """
                SELECT attname, atttypid = 'numeric'::regtype AND atttypmod = -1 FROM pg_attribute
                WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
                ORDER BY attnum""")) {
            query.setString(1, table.sql());
            try (var rows = query.executeQuery()) {
                while (rows.next()) {
                    String column = "t." + Relation.quote(rows.getString(1));
                    columns.add(rows.getBoolean(2) ? "trim_scale(" + column + ")" : column);
                }
            }
        }
        return columns;
    }

    public static Digest of(Connection connection, Relation table, List<String> columns) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql(table, columns))) {
            rows.next();
            return new Digest(rows.getLong(1), rows.getBigDecimal(2));
        }
    }

    static String sql(Relation table, List<String> columns) {
        return "SELECT count(*), coalesce(sum(('x' || left(md5(ROW(" + String.join(", ", columns)
                + ")::text), 16))::bit(64)::bigint::numeric), 0) FROM " + table.sql() + " t";
    }
}
