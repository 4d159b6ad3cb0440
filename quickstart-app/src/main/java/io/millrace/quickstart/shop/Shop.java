package io.millrace.quickstart.shop;

import io.millrace.quickstart.database.DatabaseAddress;
import io.millrace.quickstart.database.Relation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.BiConsumer;

/** Makes the database that is mirrored. All values follow from the row's number, made by the server itself. */
public final class Shop {
    private static final long SLICE = 100_000;

    private final long customers;
    private final long orders;
    private final List<Fill> fills;

    /** How a table is filled: {@code sql} inserts the rows of numbers from {@code ?} to {@code ?}. */
    private record Fill(String table, long rows, String sql) {}

    public Shop(long rows) {
        long documents = Math.max(50, rows / 300);
        customers = rows * 15 / 100;
        orders = rows * 25 / 100;
        fills = List.of(
                new Fill("customers", customers, CUSTOMERS),
                new Fill("orders", orders, ORDERS.replace("CUSTOMERS", String.valueOf(customers))),
                new Fill("order_lines", rows * 35 / 100, LINES.replace("ORDERS", String.valueOf(orders))),
                new Fill("sessions", rows * 8 / 100, SESSIONS.replace("CUSTOMERS", String.valueOf(customers))),
                new Fill("events", rows * 12 / 100, EVENTS),
                new Fill("documents", documents, DOCUMENTS),
                new Fill("Stock", rows - rows * 95 / 100 - documents, STOCK));
    }

    public long orders() {
        return orders;
    }

    public long customers() {
        return customers;
    }

    public List<Relation> tables() {
        return fills.stream().map(fill -> new Relation("public", fill.table())).toList();
    }

    public long rows() {
        return fills.stream().mapToLong(Fill::rows).sum();
    }

    /** Creates and fills all tables; tells table and rows done now and then. */
    public void create(DatabaseAddress database, BiConsumer<String, Long> progress) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(resource());
            long done = 0;
            for (Fill fill : fills) {
                for (long first = 1; first <= fill.rows(); first += SLICE) {
                    long last = Math.min(fill.rows(), first + SLICE - 1);
                    statement.execute(fill.sql().replace("FIRST", "" + first).replace("LAST", "" + last));
                    done += last - first + 1;
                    progress.accept(fill.table(), done);
                }
            }
            finish(statement);
        }
    }

    private static void finish(Statement statement) throws SQLException {
        for (String table : List.of("customers", "orders")) {
            statement.execute("SELECT setval(pg_get_serial_sequence('" + table + "', 'id'), max(id)) FROM " + table);
        }
        // After the rows: checking them one by one would take longer than making them.
        statement.execute("ALTER TABLE order_lines ADD FOREIGN KEY (order_id) REFERENCES orders ON DELETE CASCADE");
        statement.execute("ANALYZE");
    }

    private static String resource() {
        try (InputStream in = Shop.class.getResourceAsStream("tables.sql")) {
            if (in == null) {
                throw new IllegalStateException("tables.sql is missing from the build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final String CUSTOMERS =
            """
            INSERT INTO customers
            SELECT n, 'customer' || n || '@example.com', 'Customer ' || left(md5(n::text), 12),
                (n * 7919 % 1000000) / 100.0, CASE WHEN n % 7 > 0 THEN (n % 1000) / 8.0 END,
                CASE WHEN n % 5 > 0 THEN jsonb_build_object('lang', (ARRAY['en','de','fr','ja'])[1 + n % 4],
                    'mail', n % 3 = 0, 'seen', ARRAY[n % 10, n % 11], 'note', CASE WHEN n % 2 = 0 THEN 'naïve "quote" \\ ☃' END) END,
                CASE WHEN n % 3 = 0 THEN ARRAY['a,b', NULL, 'x"y', left(md5(n::text), 6)] WHEN n % 3 = 1 THEN '{}' END,
                CASE WHEN n % 4 > 0 THEN date '1950-01-01' + (n % 20000)::int END,
                timestamptz '2020-01-01 00:00:00+00' + n * interval '1.001007 second'
            FROM generate_series(FIRST::bigint, LAST) n""";
    private static final String ORDERS =
            """
            INSERT INTO orders
            SELECT n, 1 + n * 31 % CUSTOMERS, (enum_range(NULL::order_status))[1 + n % 4], (n * 104729 % 5000000) / 100.0,
                CASE WHEN n % 6 = 0 THEN n / 3.0::float8 END, CASE WHEN n % 9 = 0 THEN 'Leave at door ' || n END,
                timestamp '2026-01-01' + n * interval '17.000013 second',
                CASE WHEN n % 4 > 1 THEN timestamptz '2026-01-03 00:00+00' + n * interval '17 second' END
            FROM generate_series(FIRST::bigint, LAST) n""";
    private static final String LINES =
            """
            INSERT INTO order_lines
            SELECT 1 + n % ORDERS, 1 + n / ORDERS, 'SKU-' || (n * 13 % 9973), 1 + n % 12,
                (n * 15485863 % 10000000)::numeric / (10 ^ (n % 5))::numeric
            FROM generate_series(FIRST::bigint, LAST) n""";
    private static final String SESSIONS =
            """
            INSERT INTO sessions
            SELECT md5('s' || n)::uuid, CASE WHEN n % 10 > 0 THEN 1 + n * 17 % CUSTOMERS END,
                timestamptz '2026-06-01 00:00+00' + n * interval '0.733001 second',
                CASE WHEN n % 8 > 0 THEN (n % 40) * interval '1 day 2 minutes' + (n % 3) * interval '1 month' END,
                left(md5(n::text), 6), n % 2 = 0, CASE WHEN n % 6 > 0 THEN ARRAY[n % 100, NULL, n % 7]::int[] END
            FROM generate_series(FIRST::bigint, LAST) n""";
    private static final String EVENTS =
            """
            INSERT INTO events
            SELECT n, date '2026-01-01' + (n % 365)::int, (ARRAY['view','click','buy'])[1 + n % 3],
                time '00:00' + n * interval '0.5 second',
                jsonb_build_object('path', '/item/' || n % 1000, 'ms', n % 900, 'nested', jsonb_build_object('n', n))
            FROM generate_series(FIRST::bigint, LAST) n""";
    private static final String DOCUMENTS =
            """
            INSERT INTO documents
            SELECT 'doc-' || n, 'Title ' || n, (SELECT string_agg(md5(n || ':' || i), '') FROM generate_series(1, 120 + n % 200) i),
                CASE WHEN n % 3 > 0 THEN decode(md5(n::text), 'hex') END, 1
            FROM generate_series(FIRST::bigint, LAST) n""";
    private static final String STOCK =
            """
            INSERT INTO "Stock"
            SELECT (ARRAY['Berlin','Oslo','São Paulo'])[1 + n % 3], n, n * 7 % 500,
                CASE WHEN n % 2 = 0 THEN timestamp '2026-01-01' + n * interval '1 minute' END
            FROM generate_series(FIRST::bigint, LAST) n""";
}
