package io.millrace.benchmarks;

import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Inserts at an even rate from several connections, and knows when each row was committed: the moment before COMMIT is
 * sent. Rows are numbered from 1.
 */
final class Load {
    private static final int CONNECTIONS = 4;

    /** Above this rate single-row transactions would measure the server's commits. */
    private static final int MOST_TRANSACTIONS = 1000;

    private final PostgresServer server;
    private final String table;
    private final int rate;
    private final int rowsEach;
    private final AtomicLongArray committed;

    /** @param rate rows a second */
    Load(PostgresServer server, String table, int rate, int seconds) {
        this.server = server;
        this.table = table;
        this.rate = rate;
        this.rowsEach = Math.max(1, rate / MOST_TRANSACTIONS);
        this.committed = new AtomicLongArray(rate * seconds + 1);
    }

    int rows() {
        return committed.length() - 1;
    }

    /** {@link System#nanoTime}; 0 for a row that is not yet committed. */
    long committedNanos(int row) {
        return committed.get(row);
    }

    /** Returns when all rows are committed: how many there were a second. */
    double run() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            long start = System.nanoTime() + 100_000_000;
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                int first = i;
                all.add(threads.submit(() -> {
                    insert(start, first);
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
            return rows() * 1e9 / (System.nanoTime() - start);
        } finally {
            threads.shutdownNow();
        }
    }

    private void insert(long start, int first) throws SQLException {
        try (Connection connection = server.connect();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO " + table + " SELECT i, 'what happened' FROM generate_series(?, ?) i")) {
            connection.setAutoCommit(false);
            for (int row = first * rowsEach + 1; row <= rows(); row += CONNECTIONS * rowsEach) {
                int last = Math.min(rows(), row + rowsEach - 1);
                await(start + (long) (row * 1e9 / rate));
                insert.setInt(1, row);
                insert.setInt(2, last);
                insert.execute();
                long now = System.nanoTime();
                for (int i = row; i <= last; i++) {
                    committed.set(i, now);
                }
                connection.commit();
            }
        }
    }

    private static void await(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
