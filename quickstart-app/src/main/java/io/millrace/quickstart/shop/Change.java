package io.millrace.quickstart.shop;

import java.util.Set;

/** One kind of live change: how often it comes, and its SQL, with {@code N} for a random number. */
enum Change {
    EDIT_CUSTOMER(
            6,
            """
            UPDATE customers SET balance = balance + 1.25, labels = labels || 'live'::text,
                preferences = coalesce(preferences, '{}') || jsonb_build_object('visit', N)
            WHERE id = 1 + N % CUSTOMERS"""),
    SHIP_ORDER(8, "UPDATE orders SET status = 'shipped', shipped_at = now() WHERE id = 1 + N % ORDERS"),
    MANY_ORDERS(1, "UPDATE orders SET note = 'batch N' WHERE id BETWEEN 1 + N % ORDERS AND 1 + N % ORDERS + 99"),
    CANCEL_ORDER(3, "DELETE FROM orders WHERE id = 1 + N % ORDERS"),
    OPEN_SESSION(
            4,
            """
            INSERT INTO sessions VALUES (gen_random_uuid(), N % CUSTOMERS, now(), NULL, 'phone', true, ARRAY[N, NULL])"""),
    CLOSE_SESSION(
            3,
            """
            DELETE FROM sessions WHERE id = (SELECT id FROM sessions WHERE id > md5('N')::uuid ORDER BY id LIMIT 1)"""),
    // The body is out of line and does not change: the stream carries a placeholder for it.
    RETITLE_DOCUMENT(
            4,
            """
            UPDATE documents SET title = 'Title N', revision = revision + 1
            WHERE slug = (SELECT slug FROM documents WHERE slug > 'doc-' || left('N', 3) ORDER BY slug LIMIT 1)"""),
    REWRITE_DOCUMENT(
            2,
            """
            UPDATE documents SET body = (SELECT string_agg(md5('N' || i), '') FROM generate_series(1, 150) i), checksum = NULL
            WHERE slug = (SELECT slug FROM documents WHERE slug > 'doc-' || left('N', 3) ORDER BY slug LIMIT 1)"""),
    // A new key, with a body that is neither sent nor known under that key.
    RENAME_DOCUMENT(
            2,
            """
            UPDATE documents SET slug = 'doc-' || left('N', 4) || '-' || 'N'
            WHERE slug = (SELECT slug FROM documents WHERE slug > 'doc-' || left('N', 3) ORDER BY slug LIMIT 1)"""),
    // From one partition to another: a delete here and an insert there.
    MOVE_EVENT(2, "UPDATE events SET day = date '2026-01-01' + (N % 365) WHERE id = 1 + N % EVENTS"),
    DELETE_EVENT(1, "DELETE FROM events WHERE id = 1 + N % EVENTS"),
    COUNT_STOCK(3, "UPDATE \"Stock\" SET \"select\" = \"select\" + 1 WHERE \"SkuNo\" = 1 + N % STOCK"),
    RENUMBER_STOCK(1, "UPDATE \"Stock\" SET \"SkuNo\" = -\"SkuNo\" WHERE \"SkuNo\" = 1 + N % STOCK");

    /** A row that goes, or goes on under another key. */
    private static final Set<Change> UNSEEN =
            Set.of(CANCEL_ORDER, CLOSE_SESSION, RENAME_DOCUMENT, MOVE_EVENT, DELETE_EVENT, RENUMBER_STOCK);

    final int weight;
    final String sql;

    Change(int weight, String sql) {
        this.weight = weight;
        this.sql = sql;
    }

    /** Whether somebody who asks for new row versions sees all of it. */
    boolean shownByQuery() {
        return !UNSEEN.contains(this);
    }
}
