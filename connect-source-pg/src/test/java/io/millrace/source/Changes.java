package io.millrace.source;

import java.util.List;

/** Tables of every replica identity and key, and what happens to them while they are streamed. */
final class Changes {
    private static final String LONG_TEXT = "(SELECT string_agg(md5(i::text), '') FROM generate_series(1, 400) i)";

    static final List<String> TABLES = List.of(
            "CREATE SCHEMA chg",
            "CREATE TABLE chg.plain (id bigserial PRIMARY KEY, name text NOT NULL, note varchar(20) DEFAULT 'none',"
                    + " amount numeric(10,2) NOT NULL DEFAULT 1.5, at timestamptz DEFAULT '2020-01-01Z', ok bool NOT NULL,"
                    + " j jsonb NOT NULL DEFAULT '{}', raw bytea NOT NULL, tags text[] NOT NULL, day date NOT NULL,"
                    + " n numeric NOT NULL, u uuid NOT NULL, f float4 NOT NULL, m mood NOT NULL)",
            "INSERT INTO chg.plain (name, ok, raw, tags, day, n, u, f, m) SELECT 'n' || i, true, '\\x01', '{a}',"
                    + " '2020-01-01', i, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 1, 'sad' FROM generate_series(1, 10) i",
            "CREATE TABLE chg.whole (id int PRIMARY KEY, a text, b int NOT NULL DEFAULT 3)",
            "ALTER TABLE chg.whole REPLICA IDENTITY FULL",
            "INSERT INTO chg.whole VALUES (1, 'x', 1), (2, NULL, 2), (3, 'z', 3)",
            "CREATE TABLE chg.nothing (id int PRIMARY KEY, a text)",
            "ALTER TABLE chg.nothing REPLICA IDENTITY NOTHING",
            "INSERT INTO chg.nothing VALUES (1, 'x')",
            "CREATE TABLE chg.keyless (a int, b text)",
            "INSERT INTO chg.keyless VALUES (1, 'x'), (1, 'x')",
            "CREATE TABLE chg.keyless_whole (a int, b text)",
            "ALTER TABLE chg.keyless_whole REPLICA IDENTITY FULL",
            "INSERT INTO chg.keyless_whole VALUES (1, 'x'), (2, 'y')",
            "CREATE TABLE chg.by_index (a int NOT NULL, b text, c int NOT NULL)",
            "CREATE UNIQUE INDEX by_index_c ON chg.by_index (c)",
            "ALTER TABLE chg.by_index REPLICA IDENTITY USING INDEX by_index_c",
            "INSERT INTO chg.by_index VALUES (1, 'x', 2)",
            "CREATE TABLE chg.pair_key (a int, b text, v jsonb, PRIMARY KEY (b, a))",
            "INSERT INTO chg.pair_key VALUES (1, 'x', '{}'), (2, 'y', NULL)",
            "CREATE TABLE chg.numeric_key (k numeric PRIMARY KEY, v int)",
            "INSERT INTO chg.numeric_key VALUES (1.50, 1)",
            "CREATE TABLE chg.toasted (id int PRIMARY KEY, small int, big text, raw bytea NOT NULL, list text[], doc jsonb)",
            "ALTER TABLE chg.toasted ALTER big SET STORAGE EXTERNAL, ALTER raw SET STORAGE EXTERNAL,"
                    + " ALTER list SET STORAGE EXTERNAL, ALTER doc SET STORAGE EXTERNAL",
            "INSERT INTO chg.toasted SELECT i, i, t, t::bytea, ARRAY[t], to_jsonb(t) FROM generate_series(1, 4) i, "
                    + LONG_TEXT + " AS l(t)",
            "CREATE TABLE chg.toasted_whole (id int PRIMARY KEY, small int, big text)",
            "ALTER TABLE chg.toasted_whole ALTER big SET STORAGE EXTERNAL",
            "ALTER TABLE chg.toasted_whole REPLICA IDENTITY FULL",
            "INSERT INTO chg.toasted_whole SELECT i, i, t FROM generate_series(1, 3) i, " + LONG_TEXT + " AS l(t)",
            "CREATE TABLE chg.emptied (id int PRIMARY KEY, v text)",
            "INSERT INTO chg.emptied VALUES (1, 'a')",
            "CREATE TABLE chg.altered (id int PRIMARY KEY, v text, w int)",
            "INSERT INTO chg.altered VALUES (1, 'a', 1)",
            "CREATE TABLE chg.\"Odd name-1\" (\"Id\" int PRIMARY KEY, \"select\" text, \"ä b\" text)",
            "INSERT INTO chg.\"Odd name-1\" VALUES (1, 'a', 'b')");

    private static final List<String> CHANGES = List.of(
            "INSERT INTO chg.plain (name, ok, raw, tags, day, n, u, f, m) VALUES ('new', false, '', '{}', '2021-01-01',"
                    + " 1e5, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'NaN', 'so so')",
            "UPDATE chg.plain SET name = 'changed', note = NULL WHERE id IN (1, 2)",
            "UPDATE chg.plain SET id = 100 WHERE id = 3",
            "DELETE FROM chg.plain WHERE id IN (4, 5)",
            "BEGIN; INSERT INTO chg.whole VALUES (4, 'w', 4); UPDATE chg.whole SET a = 'q' WHERE id < 3;"
                    + " DELETE FROM chg.whole WHERE id = 3; UPDATE chg.whole SET id = 9 WHERE id = 4; COMMIT",
            "INSERT INTO chg.nothing VALUES (2, 'y')",
            "INSERT INTO chg.keyless VALUES (2, 'y')",
            "INSERT INTO chg.keyless_whole VALUES (3, NULL)",
            "UPDATE chg.keyless_whole SET b = 'changed' WHERE a < 3",
            "DELETE FROM chg.keyless_whole WHERE a = 2",
            "UPDATE chg.by_index SET b = 'y'",
            "UPDATE chg.by_index SET c = 3",
            "DELETE FROM chg.by_index",
            "UPDATE chg.pair_key SET v = '[1]' WHERE a = 1",
            "UPDATE chg.pair_key SET a = 3 WHERE a = 1",
            "DELETE FROM chg.pair_key",
            "UPDATE chg.numeric_key SET v = 2",
            "UPDATE chg.numeric_key SET k = 100",
            "DELETE FROM chg.numeric_key",
            "UPDATE chg.toasted SET small = 0 WHERE id = 1",
            "UPDATE chg.toasted SET big = 'short', list = NULL WHERE id = 2",
            "DELETE FROM chg.toasted WHERE id = 3",
            "INSERT INTO chg.toasted VALUES (5, 5, 'x', '\\x00', '{}', '1')",
            "UPDATE chg.toasted_whole SET small = 0 WHERE id = 1",
            "UPDATE chg.toasted_whole SET id = 10 WHERE id = 2",
            "DELETE FROM chg.toasted_whole WHERE id = 3",
            "TRUNCATE chg.emptied",
            "INSERT INTO chg.emptied VALUES (2, 'b')",
            "UPDATE chg.\"Odd name-1\" SET \"select\" = 'c'",
            "DELETE FROM chg.\"Odd name-1\"");

    private static final List<String> ADDED = List.of(
            "ALTER TABLE chg.altered ADD COLUMN x numeric(5,1) DEFAULT 2.5",
            "INSERT INTO chg.altered VALUES (2, 'b', 2, 3)",
            "UPDATE chg.altered SET v = 'd' WHERE id = 1");

    private static final List<String> DROPPED = List.of(
            "ALTER TABLE chg.altered DROP COLUMN w, ALTER v TYPE varchar(9), ALTER x DROP DEFAULT, ALTER x SET NOT NULL",
            "ALTER TYPE mood ADD VALUE 'glad'",
            "INSERT INTO chg.altered VALUES (3, 'c', 1)",
            "DELETE FROM chg.altered WHERE id = 2");

    static final List<List<String>> STEPS = List.of(CHANGES, ADDED, DROPPED);

    private Changes() {}
}
