package io.millrace.sink.pg;

import io.millrace.sink.destination.TableId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the target's catalog, never cached.
 *
 * @see <a href="https://www.postgresql.org/docs/current/catalogs.html">System Catalogs</a>
 */
final class Catalog {
    private Catalog() {}

    /** The table, read in one round trip; empty when there is none. */
    static Optional<LiveTable> find(Connection connection, TableId table) throws SQLException {
        String regclass = "to_regclass(" + Sql.text(Sql.table(table)) + ")";
        Map<String, LiveColumn> columns = new LinkedHashMap<>();
        List<Set<String>> unique = new ArrayList<>();
        List<LiveTable.Tie> ties = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            statement.execute(columnsQuery(regclass) + "; " + uniqueQuery(regclass) + "; " + tiesQuery(regclass));
            try (ResultSet rows = statement.getResultSet()) {
                while (rows.next()) {
                    columns.put(rows.getString(1), column(rows));
                }
            }
            statement.getMoreResults();
            try (ResultSet rows = statement.getResultSet()) {
                while (rows.next()) {
                    unique.add(new HashSet<>(List.of((String[]) rows.getArray(1).getArray())));
                }
            }
            statement.getMoreResults();
            try (ResultSet rows = statement.getResultSet()) {
                while (rows.next()) {
                    TableId other = TableId.of(rows.getString(2), rows.getString(3));
                    ties.add(new LiveTable.Tie(rows.getString(1), other, rows.getBoolean(4)));
                }
            }
        }
        return columns.isEmpty() ? Optional.empty() : Optional.of(new LiveTable(columns, unique, ties));
    }

    /** The target's name for a type of the source that is not built in, found without regard to case; empty when there is none. */
    static Optional<String> findType(Connection connection, String upperCaseName) throws SQLException {
        String name = upperCaseName.replace("\"", "").toUpperCase(Locale.ROOT);
        int dot = name.lastIndexOf('.');
        String sql =
                "SELECT format_type(t.oid, NULL) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE upper(t.typname) = "
                        + Sql.text(name.substring(dot + 1))
                        + (dot < 0
                                ? " AND pg_type_is_visible(t.oid)"
                                : " AND upper(n.nspname) = " + Sql.text(name.substring(0, dot)))
                        + " AND (t.typtype IN ('b', 'd', 'e', 'r', 'm') OR EXISTS (SELECT FROM pg_class c"
                        + " WHERE c.oid = t.typrelid AND c.relkind = 'c')) LIMIT 1";
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
        }
    }

    /** A column as it would be if it were created with this type; empty when the server does not know the type. */
    static Optional<LiveColumn> probe(Connection connection, String name, String type) throws SQLException {
        boolean array = type.endsWith("[]");
        String plain = (array ? type.substring(0, type.length() - 2) : type).replaceAll("\\([^)]*\\)", "");
        // The modifier comes from the source, so it holds the source's values: only the type is looked at.
        String sql = "SELECT " + Sql.text(name) + ", format_type(t.oid, NULL), format_type(t.oid, NULL), b.typname, -1,"
                + " b.typtype = 'e' OR b.oid >= 16384, false, false, false FROM pg_type t"
                + " JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END"
                + " WHERE t.oid = to_regtype(" + Sql.text(plain + (array ? "[]" : "")) + ")";
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? Optional.of(column(rows)) : Optional.empty();
        }
    }

    static boolean hasSchema(Connection connection, String schema) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT 1 FROM pg_namespace WHERE nspname = " + Sql.text(schema))) {
            return rows.next();
        }
    }

    private static LiveColumn column(ResultSet rows) throws SQLException {
        return new LiveColumn(
                rows.getString(1),
                rows.getString(2),
                rows.getString(3),
                rows.getString(4),
                rows.getInt(5),
                rows.getBoolean(6),
                rows.getBoolean(7),
                rows.getBoolean(8),
                rows.getBoolean(9));
    }

    /** A domain is looked at as its base type: casts to it still check the domain. */
    private static String columnsQuery(String regclass) {
        return "SELECT a.attname, format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, NULL), b.typname,"
                + " CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END,"
                + " b.typtype = 'e' OR b.oid >= 16384, t.typnotnull OR a.attnotnull AND a.attidentity = '' AND NOT EXISTS (SELECT FROM pg_index i"
                + " WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey)), a.attgenerated <> '', a.attidentity = 'a'"
                + " FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
                + " JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END"
                + " WHERE a.attrelid = " + regclass + " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
    }

    private static String tiesQuery(String regclass) {
        return "SELECT f.conname, n.nspname, c.relname, pg_table_is_visible(c.oid) FROM pg_constraint f"
                + " JOIN pg_class c ON c.oid = CASE WHEN f.conrelid = " + regclass
                + " THEN f.confrelid ELSE f.conrelid END JOIN pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE f.contype = 'f' AND f.conparentid = 0 AND " + regclass + " IN (f.conrelid, f.confrelid)";
    }

    private static String uniqueQuery(String regclass) {
        return "SELECT array_agg(a.attname::text) FROM pg_index i"
                + " CROSS JOIN LATERAL unnest(i.indkey[0:i.indnkeyatts - 1]) AS k(attnum)"
                + " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum"
                + " WHERE i.indrelid = " + regclass
                + " AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL"
                + " GROUP BY i.indexrelid";
    }
}
