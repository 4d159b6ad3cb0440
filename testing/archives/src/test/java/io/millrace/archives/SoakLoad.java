package io.millrace.archives;

import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes to the tables of the schema {@code soak} without end: inserts, updates of narrow and wide columns, changed keys,
 * deletes, rolled-back and large transactions. Goes on over restarts of the server, as an application does.
 */
final class SoakLoad implements Runnable {
    static final List<String> TABLES = List.of("soak.narrow", "soak.wide", "soak.pair");
    private static final int KEYS = 5000;

    private final PostgresServer server;
    private final Random random;
    private final AtomicLong committed = new AtomicLong();
    private volatile boolean going = true;

    SoakLoad(PostgresServer server, long seed) {
        this.server = server;
        this.random = new Random(seed);
    }

    static void create(PostgresServer server) {
        server.execute(
                "CREATE SCHEMA soak",
                "CREATE TABLE soak.narrow (id int8 PRIMARY KEY, v int4, at timestamptz)",
                "CREATE TABLE soak.wide (id int4 PRIMARY KEY, note text, body text, n numeric(12,3), tags text[])",
                "ALTER TABLE soak.wide ALTER body SET STORAGE EXTERNAL",
                "CREATE TABLE soak.pair (a int4, b text, doc jsonb, d date, PRIMARY KEY (a, b))",
                "INSERT INTO soak.narrow SELECT i, i, now() FROM generate_series(1, " + KEYS + ") i",
                "INSERT INTO soak.wide SELECT i, 'first', repeat(md5(i::text), 100), i / 7.0, ARRAY['a', i::text]"
                        + " FROM generate_series(1, " + KEYS / 5 + ") i",
                "INSERT INTO soak.pair SELECT i % 100, 'b' || i, jsonb_build_object('i', i), current_date"
                        + " FROM generate_series(1, " + KEYS / 2 + ") i");
    }

    /** How many transactions have been committed. */
    long committed() {
        return committed.get();
    }

    void stop() {
        going = false;
    }

    @Override
    public void run() {
        while (going) {
            try (Connection connection = server.connect()) {
                connection.setAutoCommit(false);
                while (going) {
                    transaction(connection);
                    // A few hundred rows a second: what is tested is not the speed.
                    Thread.sleep(20 + random.nextInt(60));
                }
            } catch (SQLException e) {
                // Killed, restarted, or another writer was in the way.
                pause();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void transaction(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int changes = random.nextInt(50) == 0 ? 300 : 1 + random.nextInt(8);
            for (int i = 0; i < changes; i++) {
                statement.execute(change());
            }
            if (random.nextInt(20) == 0) {
                connection.rollback();
            } else {
                connection.commit();
                committed.incrementAndGet();
            }
        } catch (SQLException e) {
            if (!connection.isClosed()) {
                connection.rollback();
            }
            if (String.valueOf(e.getSQLState()).startsWith("08")
                    || String.valueOf(e.getSQLState()).startsWith("57")) {
                throw e;
            }
        }
    }

    private String change() {
        int id = 1 + random.nextInt(KEYS);
        int few = 1 + random.nextInt(KEYS / 5);
        return switch (random.nextInt(12)) {
            case 0, 1 ->
                "INSERT INTO soak.narrow VALUES (" + id + ", " + id + ", now()) ON CONFLICT (id) DO UPDATE SET v = "
                        + random.nextInt(1000);
            case 2, 3 -> "UPDATE soak.narrow SET v = v + 1, at = clock_timestamp() WHERE id = " + id;
            case 4 -> "DELETE FROM soak.narrow WHERE id = " + id;
            case 5 ->
                "INSERT INTO soak.wide VALUES (" + few + ", 'new', repeat(md5(random()::text), 100), 1.5, NULL)"
                        + " ON CONFLICT (id) DO NOTHING";
            // The wide value does not come with these.
            case 6, 7 -> "UPDATE soak.wide SET note = 'n" + random.nextInt() + "' WHERE id = " + few;
            case 8 -> "UPDATE soak.wide SET body = repeat(md5(random()::text), 100), n = n + 1 WHERE id = " + few;
            case 9 ->
                "UPDATE soak.wide SET id = " + (1 + random.nextInt(KEYS / 5)) + " WHERE id = " + few
                        + " AND random() < 0.3";
            case 10 ->
                "INSERT INTO soak.pair VALUES (" + id % 100 + ", 'b" + id + "', '{\"x\": " + id
                        + "}', current_date) ON CONFLICT (a, b) DO UPDATE SET doc = EXCLUDED.doc";
            default -> "DELETE FROM soak.pair WHERE a = " + id % 100 + " AND b = 'b" + id + "'";
        };
    }
}
