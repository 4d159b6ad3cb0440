package io.millrace.benchmarks;

import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/** What COPY can do with a reader and a writer that do nothing. */
final class BareCopy {
    private BareCopy() {}

    /** Reads a table in binary form on some connections, each its range of blocks, and counts the rows. */
    static long out(PostgresServer server, String table, int connections) throws Exception {
        return inParallel(server, table, connections, BareCopy::count);
    }

    private static long count(PostgresServer server, String query) throws SQLException {
        try (Connection connection = server.connect()) {
            CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(query);
            while (copy.readFromCopy() != null) {
                // Counted by the server.
            }
            return copy.getHandledRowCount();
        }
    }

    /** Reads a table and writes it into the target database's table of the same name, in binary form. */
    static long pipe(PostgresServer server, String table, int connections) throws Exception {
        return inParallel(
                server, table, connections, (from, query) -> pipe(from, query, "COPY " + table + " FROM STDIN"));
    }

    private static long pipe(PostgresServer server, String query, String into) throws SQLException {
        try (Connection source = server.connect();
                Connection target = server.connect(Servers.TARGET)) {
            CopyOut out = source.unwrap(PGConnection.class).getCopyAPI().copyOut(query);
            CopyIn in = target.unwrap(PGConnection.class).getCopyAPI().copyIn(into + " (FORMAT binary)");
            for (byte[] message = out.readFromCopy(); message != null; message = out.readFromCopy()) {
                in.writeToCopy(message, 0, message.length);
            }
            return in.endCopy();
        }
    }

    @FunctionalInterface
    private interface Part {
        long rows(PostgresServer server, String query) throws SQLException;
    }

    private static long inParallel(PostgresServer server, String table, int connections, Part part) throws Exception {
        long blocks = Long.parseLong(server.queryOne("SELECT pg_relation_size('" + table + "') / 8192"));
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            List<Future<Long>> parts = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                String query = "COPY (SELECT * FROM " + table + " WHERE ctid >= '(" + blocks * i / connections
                        + ",0)'"
                        + (i == connections - 1 ? "" : " AND ctid < '(" + blocks * (i + 1) / connections + ",0)'")
                        + ") TO STDOUT (FORMAT binary)";
                parts.add(threads.submit(() -> part.rows(server, query)));
            }
            return sum(parts);
        } finally {
            threads.shutdownNow();
        }
    }

    private static long sum(List<Future<Long>> parts) throws InterruptedException, ExecutionException {
        long rows = 0;
        for (Future<Long> one : parts) {
            rows += one.get();
        }
        return rows;
    }
}
