package io.millrace.sink.pg;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The sequences behind a table's columns. */
record Sequences(Connection connection) {
    /** Sets each to the highest value of its column. */
    void reset(String table, LiveTable live) throws SQLException {
        for (String column : live.columns().keySet()) {
            String sequence = "pg_get_serial_sequence(" + Sql.text(table) + ", " + Sql.text(column) + ")";
            if (isThere(sequence)) {
                String name = Sql.name(column);
                try (Statement statement = connection.createStatement()) {
                    statement.execute("SELECT setval(" + sequence + ", coalesce(max(" + name + "), 1), max(" + name
                            + ") IS NOT NULL) FROM " + table);
                }
            }
        }
    }

    private boolean isThere(String sequence) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT " + sequence + " IS NOT NULL")) {
            return row.next() && row.getBoolean(1);
        }
    }
}
