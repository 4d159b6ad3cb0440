package io.millrace.benchmarks;

import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/**
 * What a sink cannot beat: batches of the source's rows by COPY into a temporary table, then one INSERT ... ON CONFLICT
 * DO UPDATE each, a transaction a batch.
 */
final class BareWrite {
    private static final int BATCH = 10_000;

    private BareWrite() {}

    static long upsert(PostgresServer server, String targetUrl, Table table, long rows) throws SQLException {
        try (Connection source = server.connect();
                Connection target = connect(server, targetUrl);
                Statement statement = target.createStatement()) {
            statement.execute("CREATE TEMPORARY TABLE staged (LIKE " + table.name() + ") ON COMMIT DELETE ROWS");
            target.setAutoCommit(false);
            for (long from = 0; from < rows; from += BATCH) {
                copy(source, target, table, from);
                statement.execute("INSERT INTO " + table.name() + " SELECT * FROM staged ON CONFLICT (" + table.key()
                        + ") DO UPDATE SET " + table.assignments());
                target.commit();
            }
            return rows;
        }
    }

    private static void copy(Connection source, Connection target, Table table, long from) throws SQLException {
        String query = "COPY (SELECT * FROM %s WHERE %s > %d AND %s <= %d) TO STDOUT (FORMAT binary)"
                .formatted(table.name(), table.key(), from, table.key(), from + BATCH);
        CopyOut out = source.unwrap(PGConnection.class).getCopyAPI().copyOut(query);
        CopyIn in = target.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY staged FROM STDIN (FORMAT binary)");
        for (byte[] message = out.readFromCopy(); message != null; message = out.readFromCopy()) {
            in.writeToCopy(message, 0, message.length);
        }
        in.endCopy();
    }

    private static Connection connect(PostgresServer server, String url) throws SQLException {
        return java.sql.DriverManager.getConnection(url, server.user(), server.password());
    }
}
