package io.millrace.benchmarks.micro;

import io.millrace.source.codec.CodecOptions;
import io.millrace.source.codec.ColumnCodecs;
import io.millrace.source.codec.ColumnDescription;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;

/** The Postgres that {@link Main} has started, which tells how a type is described and how its values look on the wire. */
final class Source implements AutoCloseable {
    static final String URL = "millrace.micro.url";

    private final Connection connection;

    Source() throws SQLException {
        connection = open();
    }

    private static Connection open() throws SQLException {
        String url = System.getProperty(URL);
        if (url == null) {
            throw new IllegalStateException(URL + " is not set: run benchmarks/jmh/run");
        }
        return DriverManager.getConnection(url, "postgres", "postgres");
    }

    ColumnCodecs codecs() throws SQLException {
        return ColumnCodecs.connect(Source::open, CodecOptions.defaults());
    }

    /** Makes a table of one row for this session. */
    void table(String name, String columns, String values) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS pg_temp." + name);
            statement.execute("CREATE TEMPORARY TABLE " + name + " (" + columns + ")");
            statement.execute("INSERT INTO " + name + " VALUES (" + values + ")");
        }
    }

    /** Its columns; those that are NOT NULL are its key. */
    List<ColumnDescription> columns(String table) throws SQLException {
        List<ColumnDescription> columns = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT attname, atttypid::int8, atttypmod, attndims, attnotnull FROM pg_attribute"
                                + " WHERE attrelid = 'pg_temp." + table
                                + "'::regclass AND attnum > 0 ORDER BY attnum")) {
            while (row.next()) {
                columns.add(new ColumnDescription(
                        row.getString(1),
                        (int) row.getLong(2),
                        row.getInt(3),
                        row.getInt(4),
                        row.getBoolean(5),
                        null,
                        row.getBoolean(5)));
            }
        }
        return columns;
    }

    /** Its row as COPY sends it. */
    byte[] copy(String table, String format) throws SQLException, IOException {
        var out = new ByteArrayOutputStream();
        connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("COPY pg_temp." + table + " TO STDOUT (FORMAT " + format + ")", out);
        return out.toByteArray();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
