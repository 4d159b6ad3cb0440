package io.millrace.sink.warehouse.snowflake;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Runs single statements on a connection. */
final class Statements {
    private Statements() {}

    /** What a statement has counted. */
    record Counts(long inserted, long updated, long deleted) {
        long written() {
            return inserted + updated;
        }
    }

    /** Reads a row of a result. */
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Rows that the statement changed. */
    static long execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return Math.max(0, statement.getLargeUpdateCount());
        }
    }

    static <T> List<T> query(Connection connection, String sql, Reader<T> reader) throws SQLException {
        List<T> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.add(reader.read(rows));
            }
        }
        return found;
    }

    /**
     * Runs a COPY, and answers how many rows it has loaded: 0 when it found nothing to load, for which its result has no
     * such column.
     *
     * @see <a href="https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#output">Output of COPY</a>
     */
    static long loaded(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet files = statement.executeQuery(sql)) {
            long loaded = 0;
            while (files.next()) {
                for (int i = 1; i <= files.getMetaData().getColumnCount(); i++) {
                    boolean count = files.getMetaData().getColumnLabel(i).equalsIgnoreCase("rows_loaded");
                    loaded += count ? files.getLong(i) : 0;
                }
            }
            return loaded;
        }
    }

    /**
     * Runs a MERGE, whose result says what it did: {@code number of rows inserted}, updated and deleted, those that the
     * statement can do.
     *
     * @see <a href="https://docs.snowflake.com/en/sql-reference/sql/merge">MERGE</a>
     */
    static Counts merge(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            long inserted = 0;
            long updated = 0;
            long deleted = 0;
            while (rows.next()) {
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    String name = rows.getMetaData().getColumnLabel(i).toLowerCase(Locale.ROOT);
                    inserted += name.endsWith("inserted") ? rows.getLong(i) : 0;
                    updated += name.endsWith("rows updated") ? rows.getLong(i) : 0;
                    deleted += name.endsWith("deleted") ? rows.getLong(i) : 0;
                }
            }
            return new Counts(inserted, updated, deleted);
        }
    }
}
