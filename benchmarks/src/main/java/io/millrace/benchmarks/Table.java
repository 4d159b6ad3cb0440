package io.millrace.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table to copy.
 *
 * @param name its name, in schema public
 * @param key its key, numbered from 1
 * @param columns what stands in its CREATE TABLE, the key first
 * @param row SQL of the values of row {@code i}
 * @param stale SQL that gives every row a value that {@code row} does not have
 * @param fresh SQL condition that a row has the value of {@code row}
 */
record Table(String name, String key, String columns, String row, String stale, String fresh) {
    /** A transaction of mixed changes: so many of each. The keys that are there in the beginning are used up in order. */
    static final int UPDATES = 600;

    static final int DELETES = 200;
    static final int INSERTS = 200;
    private static final int PRESENT = UPDATES + DELETES;

    /** pgbench's accounts. */
    static final Table NARROW = new Table(
            "narrow",
            "aid",
            "aid int PRIMARY KEY, bid int, abalance int, filler char(84)",
            "i, i % 100, 0, ''",
            "abalance = -1",
            "abalance <> -1");

    /** About 350 bytes a row, of the types that people have. */
    static final Table WIDE = new Table(
            "wide",
            "id",
            "id bigint PRIMARY KEY, t1 text, t2 text, t3 text, amt numeric(18,4), ts timestamptz, js jsonb,"
                    + " flag boolean, u uuid, arr int4[]",
            "i, " + text(1) + ", " + text(2) + ", " + text(3) + ", i * 17.1234,"
                    + " timestamptz '2024-01-01' + i * interval '1.37 s',"
                    + " jsonb_build_object('k', i, 'name', 'name ' || i, 'tags',"
                    + " jsonb_build_array('a' || i % 10, 'b', 'c'), 'ok', i % 2 = 0),"
                    + " i % 2 = 0, md5(i::text)::uuid, ARRAY[i % 1000, i % 77, i]::int4[]",
            "t1 = 'stale'",
            "t1 <> 'stale'");

    /** For single changes. */
    static final Table EVENTS = new Table(
            "events", "id", "id int PRIMARY KEY, what text", "i, 'what happened'", "what = 'stale'", "what <> 'stale'");

    /** Pgbench's accounts, each with a number and a time of its last change; both are to be indexed. */
    static final Table VERSIONED = new Table(
            "versioned",
            "aid",
            "aid int PRIMARY KEY, bid int, abalance int, filler char(84), version bigint NOT NULL, changed timestamptz NOT"
                    + " NULL",
            "i, i % 100, 0, '', i, timestamptz '2024-01-01' + i * interval '1 ms'",
            "abalance = -1",
            "abalance <> -1");

    static final List<Table> ALL = List.of(NARROW, WIDE);

    private static String text(int salt) {
        return "left(md5((i + " + salt + ")::text) || md5((i + " + (salt + 10) + ")::text), 50)";
    }

    long rows(Options options) {
        return equals(WIDE) ? options.rows() / 2 : options.rows();
    }

    String create() {
        return "CREATE TABLE " + name + " (" + columns + ")";
    }

    String drop() {
        return "DROP TABLE IF EXISTS " + name;
    }

    String insert(long from, long to) {
        return "INSERT INTO " + name + " SELECT " + row + " FROM generate_series(" + from + ", " + to + ") i";
    }

    /** {@code a = excluded.a, ...} of all columns but the key. */
    String assignments() {
        // A comma inside a type's modifier parts no columns.
        return Arrays.stream(columns.split(",(?![0-9])", -1))
                .map(column -> column.strip().split(" ", 2)[0])
                .filter(column -> !column.equals(key))
                .map(column -> column + " = excluded." + column)
                .collect(Collectors.joining(", "));
    }

    /** The same rows in transactions of so many. */
    String insertInTransactions(long rows, long size) {
        return transactions(
                (rows + size - 1) / size,
                insert("b * " + size + " + 1", "least((b + 1) * " + size + ", " + rows + ")"));
    }

    /** Changes every row, in transactions of so many. */
    String updateInTransactions(long rows, long size) {
        return transactions(
                (rows + size - 1) / size,
                "UPDATE " + name + " SET " + stale + " WHERE " + key + " > b * " + size + " AND " + key
                        + " <= (b + 1) * " + size);
    }

    /**
     * Transactions of updates, deletes and inserts, each of other rows; {@link #presentBefore} rows have to be there. The
     * updates give rows the value of {@link #stale}.
     */
    String mixInTransactions(long transactions) {
        String first = "b * " + PRESENT;
        long next = presentBefore(transactions);
        return transactions(
                transactions,
                "UPDATE " + name + " SET " + stale + " WHERE " + key + " > " + first + " AND " + key + " <= " + first
                        + " + " + UPDATES + "; DELETE FROM " + name + " WHERE " + key + " > " + first + " + " + UPDATES
                        + " AND " + key + " <= " + first + " + " + PRESENT + "; "
                        + insert(next + " + b * " + INSERTS + " + 1", next + " + (b + 1) * " + INSERTS));
    }

    static long presentBefore(long transactions) {
        return transactions * PRESENT;
    }

    static long presentAfter(long transactions) {
        return transactions * (UPDATES + INSERTS);
    }

    private String insert(String from, String to) {
        return "INSERT INTO " + name + " SELECT " + row + " FROM generate_series(" + from + ", " + to + ") i";
    }

    /** {@code b} counts from 0. */
    private static String transactions(long count, String statements) {
        return "DO $$ BEGIN FOR b IN 0.." + (count - 1) + " LOOP " + statements + "; COMMIT; END LOOP; END $$";
    }
}
