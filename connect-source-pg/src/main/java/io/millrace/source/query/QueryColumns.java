package io.millrace.source.query;

import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGResultSetMetaData;

/** The columns of a query's result, described by the server without running it. */
final class QueryColumns {
    private static final String OF_TABLE =
            """
            SELECT a.atttypid::int8, a.atttypmod, a.attndims FROM pg_catalog.pg_attribute a
            JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ? AND a.attname = ?""";

    private final Connection session;

    QueryColumns(Connection session) {
        this.session = session;
    }

    /** Without a key of its own: which columns tell a query's rows apart only its author knows. */
    CatalogTable of(TableId name, Template query, Shape.@Nullable Column watermark) throws SQLException {
        String all = watermark == null
                ? query.whole()
                : query.between(watermark.type().literal(null), watermark.type().literal(null));
        List<CatalogColumn> columns = new ArrayList<>();
        try (PreparedStatement statement = session.prepareStatement("SELECT * FROM " + all)) {
            ResultSetMetaData found = statement.getMetaData();
            for (int i = 1; i <= found.getColumnCount(); i++) {
                columns.add(column(found, i));
            }
        }
        return new CatalogTable(0, name, 'q', false, 'n', -1, 0, columns, List.of());
    }

    private CatalogColumn column(ResultSetMetaData found, int position) throws SQLException {
        PGResultSetMetaData origin = found.unwrap(PGResultSetMetaData.class);
        String name = found.getColumnLabel(position);
        String table = origin.getBaseTableName(position);
        if (table != null && !table.isEmpty()) {
            try (PreparedStatement statement = session.prepareStatement(OF_TABLE)) {
                statement.setString(1, origin.getBaseSchemaName(position));
                statement.setString(2, table);
                statement.setString(3, origin.getBaseColumnName(position));
                try (ResultSet row = statement.executeQuery()) {
                    if (row.next()) {
                        return column(name, row.getLong(1), row.getInt(2), row.getInt(3));
                    }
                }
            }
        }
        try (PreparedStatement statement = session.prepareStatement("SELECT ?::regtype::oid::int8")) {
            statement.setString(1, found.getColumnTypeName(position));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return column(name, row.getLong(1), -1, 0);
            }
        }
    }

    /** An outer join may leave any of them without a value. */
    private static CatalogColumn column(String name, long type, int modifier, int dimensions) {
        return new CatalogColumn(name, (int) type, modifier, dimensions, false, null, false);
    }
}
