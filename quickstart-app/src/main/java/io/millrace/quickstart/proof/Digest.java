package io.millrace.quickstart.proof;

import io.millrace.quickstart.database.Relation;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Count and checksum of a table's rows, in no order: the sum over all rows of 64 bits of the md5 of the row's text.
 * Computed inside the database, from the columns that the source has; columns that only the target has do not count.
 */
public record Digest(long rows, BigDecimal checksum) {
    /** The columns of a table in order, without generated ones: those are not mirrored. */
    public static List<String> columns(Connection connection, Relation table) throws SQLException {
        List<String> names = new ArrayList<>();
        try (var query = connection.prepareStatement(
                """
                SELECT attname FROM pg_attribute
                WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
                ORDER BY attnum""")) {
            query.setString(1, table.sql());
            try (var rows = query.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        return names;
    }

    public static Digest of(Connection connection, Relation table, List<String> columns) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql(table, columns))) {
            rows.next();
            return new Digest(rows.getLong(1), rows.getBigDecimal(2));
        }
    }

    static String sql(Relation table, List<String> columns) {
        String row =
                columns.stream().map(column -> "t." + Relation.quote(column)).collect(Collectors.joining(", "));
        return "SELECT count(*), coalesce(sum(('x' || left(md5(ROW(" + row
                + ")::text), 16))::bit(64)::bigint::numeric), 0) FROM " + table.sql() + " t";
    }
}
