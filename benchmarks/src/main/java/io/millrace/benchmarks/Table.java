package io.millrace.benchmarks;

import java.util.List;

/**
 * A table to copy.
 *
 * @param name its name, in schema public
 * @param key its key, numbered from 1
 * @param columns what stands in its CREATE TABLE
 * @param row SQL of the values of row {@code i}
 * @param stale SQL that gives every row a value that the topic's rows do not have
 * @param fresh SQL condition that a row has the topic's value
 */
record Table(String name, String key, String columns, String row, String stale, String fresh) {
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

    static final List<Table> ALL = List.of(NARROW, WIDE);

    private static String text(int salt) {
        return "left(md5((i + " + salt + ")::text) || md5((i + " + (salt + 10) + ")::text), 50)";
    }

    long rows(Options options) {
        return this == WIDE ? options.rows() / 2 : options.rows();
    }

    String create() {
        return "CREATE TABLE " + name + " (" + columns + ")";
    }

    String insert(long from, long to) {
        return "INSERT INTO " + name + " SELECT " + row + " FROM generate_series(" + from + ", " + to + ") i";
    }

    /** The same rows in transactions of 1000. */
    String insertInTransactions(long rows) {
        return "DO $$ BEGIN FOR b IN 0.." + ((rows - 1) / 1000) + " LOOP INSERT INTO " + name + " SELECT " + row
                + " FROM generate_series(b * 1000 + 1, least((b + 1) * 1000, " + rows + ")) i; COMMIT;"
                + " END LOOP; END $$";
    }
}
