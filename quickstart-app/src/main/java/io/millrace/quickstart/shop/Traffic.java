package io.millrace.quickstart.shop;

import io.millrace.quickstart.database.DatabaseAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/** Live changes: customers order, pay, cancel, from a thread of its own until it is closed. Each is a transaction. */
public final class Traffic implements AutoCloseable {
    private static final long PAUSE_NANOS = 4_000_000;

    private final DatabaseAddress database;
    private final Shop shop;
    private final ObjLongConsumer<Long> committed;
    private final Random random = new Random(42);
    private final List<Change> deck = new ArrayList<>();
    private final AtomicLong transactions = new AtomicLong();
    private final AtomicLong rows = new AtomicLong();
    private final Thread thread = new Thread(this::run, "traffic");
    private volatile boolean stop;
    private volatile @Nullable Exception failure;

    /**
     * {@code committed} hears of each new order: its id and the time ({@link System#nanoTime}) its commit returned.
     *
     * @param byQuery only changes that a query shows
     */
    public Traffic(DatabaseAddress database, Shop shop, boolean byQuery, ObjLongConsumer<Long> committed) {
        this.database = database;
        this.shop = shop;
        this.committed = committed;
        for (Change change : Change.values()) {
            for (int i = 0; i < change.weight && (change.shownByQuery() || !byQuery); i++) {
                deck.add(change);
            }
        }
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    public long transactions() {
        return transactions.get();
    }

    public long rows() {
        return rows.get();
    }

    private void run() {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            long next = System.nanoTime();
            while (!stop) {
                if (random.nextInt(4) == 0) {
                    order(connection, statement);
                } else {
                    change(connection, statement);
                }
                transactions.incrementAndGet();
                next += PAUSE_NANOS;
                Thread.sleep(Math.max(0, (next - System.nanoTime()) / 1_000_000));
                // After a stall (a checkpoint) no burst to catch up.
                next = Math.max(next, System.nanoTime() - 50 * PAUSE_NANOS);
            }
        } catch (SQLException | InterruptedException e) {
            failure = e;
        }
    }

    /** A new order with its lines in one transaction. */
    private void order(Connection connection, Statement statement) throws SQLException {
        long customer = 1 + random.nextLong(shop.customers());
        long id;
        try (var row = statement.executeQuery("INSERT INTO orders (customer_id, total, placed_at) VALUES (" + customer
                + ", 12.50, clock_timestamp()) RETURNING id")) {
            row.next();
            id = row.getLong(1);
        }
        int lines = 1 + random.nextInt(3);
        statement.execute("INSERT INTO order_lines SELECT " + id + ", n, 'SKU-' || n, n, 1.10 FROM generate_series(1, "
                + lines + ") n");
        connection.commit();
        committed.accept(id, System.nanoTime());
        rows.addAndGet(1 + lines);
    }

    private void change(Connection connection, Statement statement) throws SQLException {
        Change change = deck.get(random.nextInt(deck.size()));
        String sql = change.sql
                .replace("CUSTOMERS", String.valueOf(shop.customers()))
                .replace("ORDERS", String.valueOf(shop.orders()))
                .replace("EVENTS", String.valueOf(shop.rows() * 12 / 100))
                .replace("STOCK", String.valueOf(Math.max(1, shop.rows() * 5 / 100)))
                .replaceAll("\\bN\\b", String.valueOf(1_000 + random.nextInt(1_000_000_000)));
        rows.addAndGet(statement.executeUpdate(sql));
        connection.commit();
    }

    /** Stops after the transaction at hand; fails if the traffic failed before. */
    @Override
    public void close() {
        stop = true;
        try {
            thread.join(30_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Exception failed = failure;
        if (failed != null) {
            throw new IllegalStateException("The live changes failed: " + failed.getMessage(), failed);
        }
    }
}
