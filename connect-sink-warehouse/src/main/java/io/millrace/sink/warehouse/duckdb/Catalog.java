package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.destination.TableId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the target's catalog, never cached.
 *
 * @see <a href="https://duckdb.org/docs/stable/sql/meta/duckdb_table_functions">DuckDB table functions</a>
 */
final class Catalog {
    private Catalog() {}

    /** The table by the name that DuckDB finds it by: its own may differ in case. Empty when there is none. */
    static Optional<LiveTable> find(Connection connection, TableId table) throws SQLException {
        Map<String, LiveColumn> columns = new LinkedHashMap<>();
        String catalog = "";
        String schema = "";
        String name = "";
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT schema_name, table_name, column_name, data_type, NOT is_nullable, database_name, coalesce(column_default, 'NULL') FROM duckdb_columns() WHERE "
                                + is(table) + " ORDER BY column_index")) {
            while (rows.next()) {
                schema = rows.getString(1);
                name = rows.getString(2);
                catalog = rows.getString(6);
                columns.put(
                        rows.getString(3),
                        new LiveColumn(rows.getString(3), rows.getString(4), rows.getBoolean(5), rows.getString(7)));
            }
        }
        return columns.isEmpty()
                ? Optional.empty()
                : Optional.of(new LiveTable(catalog, schema, name, columns, indexed(connection, table)));
    }

    /** The name of the connection's database, which DuckDB makes of the file's. */
    static String database(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_database()")) {
            row.next();
            return row.getString(1);
        }
    }

    static Optional<String> findSchema(Connection connection, String schema) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT schema_name FROM duckdb_schemas() WHERE database_name = current_database() AND "
                                + folds("schema_name", schema))) {
            return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
        }
    }

    /** The table's comment, empty without one. */
    static String comment(Connection connection, TableId table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT coalesce(comment, '') FROM duckdb_tables() WHERE " + is(table))) {
            return rows.next() ? rows.getString(1) : "";
        }
    }

    private static Set<String> indexed(Connection connection, TableId table) throws SQLException {
        Set<String> names = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT unnest(constraint_column_names) FROM duckdb_constraints() WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE') AND "
                                + is(table))) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private static String is(TableId table) {
        return "database_name = current_database() AND " + folds("schema_name", Sql.schema(table)) + " AND "
                + folds("table_name", table.name());
    }

    /** Only the 26 letters are folded. */
    private static String folds(String column, String name) {
        return "translate(" + column + ", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') = "
                + Sql.text(Sql.folded(name));
    }
}
