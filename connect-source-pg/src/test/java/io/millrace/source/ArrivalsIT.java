package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.catalog.TableId;
import io.millrace.source.window.CopyState;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables and partitions that come, go and come back while the mirror streams, and while it does not run. */
@Tag("extended")
class ArrivalsIT {
    private static final int ROWS = 2_000;
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    /** Table t, of which partition p0 has the rows below 10000. */
    private static Map<String, String> partitioned(String name, boolean root, String key) {
        postgres.execute(
                "CREATE SCHEMA " + name,
                "CREATE TABLE " + name + ".t(id int8 NOT NULL, v int8 NOT NULL" + key + ") PARTITION BY RANGE (id)",
                "CREATE TABLE " + name + ".p0 PARTITION OF " + name + ".t FOR VALUES FROM (0) TO (10000)",
                "INSERT INTO " + name + ".t SELECT i, 0 FROM generate_series(1, 100) i",
                "CREATE TABLE " + name + ".one(id int8 PRIMARY KEY)");
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put("publish.via.partition.root", Boolean.toString(root));
        config.put("heartbeat.interval.ms", "100");
        config.put("incremental.snapshot.chunk.size", "300");
        // What is to be attached is no table of its own.
        config.put("table.include.list", name + "\\.(t|one)" + (root ? "" : "," + name + "\\.p.*"));
        return config;
    }

    /** A table like a partition, with ids from so many tens of thousands on, not attached. */
    private static void table(String name, int number) {
        postgres.execute(
                "CREATE TABLE " + name + ".p" + number + "(v int8 NOT NULL, id int8 NOT NULL, gone text)",
                "ALTER TABLE " + name + ".p" + number + " DROP COLUMN gone",
                "INSERT INTO " + name + ".p" + number + " SELECT 0, i FROM generate_series(" + number + "0000, "
                        + (number * 10_000 + ROWS - 1) + ") i");
    }

    private static void attach(String name, int number) {
        postgres.execute("ALTER TABLE " + name + ".t ATTACH PARTITION " + name + ".p" + number + " FOR VALUES FROM ("
                + number + "0000) TO (" + (number + 1) + "0000)");
    }

    private static MirrorRun streaming(Map<String, String> config, String name) {
        MirrorRun run = MirrorRun.first(config);
        Await.until("the stream has begun", () -> run.stored(CopyState.partition(name)) != null);
        return run;
    }

    private static void awaitMarker(MirrorRun run, String name, int marker) {
        postgres.execute("INSERT INTO " + name + ".one VALUES (" + marker + ")");
        Await.until("the marker has come", () -> {
            run.check();
            return run.records(name + "." + name + ".one").stream()
                    .anyMatch(record -> ((Struct) record.key()).getInt64("id") == marker);
        });
    }

    /** Waits until a topic folded by key is the table. */
    private static void awaitSame(MirrorRun run, String name, String topic, String table) {
        Await.until(topic + " is equal to " + table, () -> {
            run.check();
            return folded(run.records(name + "." + name + "." + topic)).equals(rows(name + "." + table));
        });
    }

    private static Map<Long, Long> folded(List<SourceRecord> records) {
        Map<Long, Long> rows = new TreeMap<>();
        for (SourceRecord record : records) {
            if (record.value() != null) {
                Struct value = (Struct) record.value();
                Struct after = value.getStruct("after");
                if (after == null) {
                    rows.remove(value.getStruct("before").getInt64("id"));
                } else {
                    rows.put(after.getInt64("id"), after.getInt64("v"));
                }
            }
        }
        return rows;
    }

    private static Map<Long, Long> rows(String table) {
        Map<Long, Long> rows = new TreeMap<>();
        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, v FROM " + table)) {
            while (row.next()) {
                rows.put(row.getLong(1), row.getLong(2));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return rows;
    }

    private static long copied(MirrorRun run, String name, String topic) {
        return run.records(name + "." + name + "." + topic).stream()
                .filter(record -> TaskRun.op(record).equals("r"))
                .count();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPartitionThatIsAttachedWithRowsIsCopied(boolean root) throws Exception {
        String name = root ? "attached" : "leafed";
        Map<String, String> config = partitioned(name, root, ", PRIMARY KEY (id)");
        MirrorRun run = streaming(config, name);
        try {
            table(name, 1);
            attach(name, 1);
            // Changed before and while they are copied.
            for (int round = 1; round <= 20; round++) {
                postgres.execute(
                        "UPDATE " + name + ".t SET v = v + 1 WHERE id % 20 = " + round,
                        "DELETE FROM " + name + ".t WHERE id % 200 = " + round,
                        "INSERT INTO " + name + ".t VALUES (" + (15_000 + round) + ", 0), (" + (100 + round) + ", 0)");
            }
            awaitSame(run, name, root ? "t" : "p1", root ? "t" : "p1");
            // One that has its rows from the stream alone.
            postgres.execute(
                    "CREATE TABLE " + name + ".p2 PARTITION OF " + name + ".t FOR VALUES FROM (20000) TO (30000)");
            postgres.execute("INSERT INTO " + name + ".t VALUES (20001, 0)");
            long copied = copied(run, name, root ? "t" : "p2");
            run.stop();
            // While nothing runs: one attached, one made, one that goes and comes back with other rows.
            table(name, 3);
            attach(name, 3);
            postgres.execute(
                    "CREATE TABLE " + name + ".p4 PARTITION OF " + name + ".t FOR VALUES FROM (40000) TO (50000)",
                    "INSERT INTO " + name + ".t VALUES (40001, 0)",
                    "ALTER TABLE " + name + ".t DETACH PARTITION " + name + ".p1",
                    "UPDATE " + name + ".p1 SET v = 100");
            attach(name, 1);
            run = run.next(config);
            awaitSame(run, name, root ? "t" : "p3", root ? "t" : "p3");
            awaitMarker(run, name, 1);
            if (root) {
                assertThat(copied(run, name, "t") - copied)
                        .as("rows of p3 and p1 copied")
                        .isLessThan(2 * ROWS + 100);
            } else {
                awaitSame(run, name, "p4", "p4");
                awaitSame(run, name, "p1", "p1");
                assertThat(copied(run, name, "p2") + copied(run, name, "p4")).isEqualTo(copied);
            }
            long before = copied(run, name, root ? "t" : "p3");
            run.stop();
            run = run.next(config);
            awaitMarker(run, name, 2);
            assertThat(copied(run, name, root ? "t" : "p3")).as("copied once").isEqualTo(before);
        } finally {
            run.close();
        }
    }

    @Test
    void aPartitionOfATableWithoutAKeyComesOnce() throws Exception {
        Map<String, String> config = partitioned("keyless", true, "");
        postgres.execute("ALTER TABLE keyless.t REPLICA IDENTITY FULL", "ALTER TABLE keyless.p0 REPLICA IDENTITY FULL");
        try (MirrorRun run = streaming(config, "keyless")) {
            table("keyless", 1);
            postgres.execute("ALTER TABLE keyless.p1 REPLICA IDENTITY FULL");
            attach("keyless", 1);
            Await.until("its rows are copied", () -> {
                run.check();
                return copied(run, "keyless", "t") >= 100 + ROWS;
            });
            postgres.execute("INSERT INTO keyless.t VALUES (15000, 0), (101, 0)");
            awaitMarker(run, "keyless", 1);
            assertThat(run.records("keyless.keyless.t")).hasSize(100 + ROWS + 2);
        }
    }

    @Test
    void aPartitionThatIsDetachedDoesNotStopTheMirrorAndIsCopiedAnewWhenItIsPublishedAgain() throws Exception {
        Map<String, String> config = partitioned("detached", false, ", PRIMARY KEY (id)");
        table("detached", 1);
        attach("detached", 1);
        MirrorRun run = streaming(config, "detached");
        try {
            postgres.execute("ALTER TABLE detached.t DETACH PARTITION detached.p1");
            postgres.execute("UPDATE detached.p1 SET v = 7 WHERE id % 2 = 0");
            MirrorRun one = run;
            Await.until("it is captured no more", () -> {
                one.check();
                CopyState state = CopyState.of(one.stored(CopyState.partition("detached")));
                return state != null && !state.captures().test(new TableId("detached", "p1"));
            });
            awaitMarker(run, "detached", 1);
            run.stop();
            run = run.next(config);
            awaitSame(run, "detached", "p1", "p1");
            postgres.execute("UPDATE detached.p1 SET v = 8 WHERE id % 3 = 0");
            awaitSame(run, "detached", "p1", "p1");
        } finally {
            run.close();
        }
    }

    @Test
    void aTableThatWasTakenOutOfThePublicationIsCopiedAgainByTheNextStart() throws Exception {
        postgres.execute(
                "CREATE SCHEMA takenout",
                "CREATE TABLE takenout.t(id int8 PRIMARY KEY, v int8 NOT NULL)",
                "CREATE TABLE takenout.one(id int8 PRIMARY KEY)",
                "INSERT INTO takenout.t SELECT i, 0 FROM generate_series(1, 100) i");
        Map<String, String> config = CdcMirror.config(postgres, "takenout");
        MirrorRun run = streaming(config, "takenout");
        run.stop();
        postgres.execute("ALTER PUBLICATION takenout DROP TABLE takenout.t", "UPDATE takenout.t SET v = 1");
        try (MirrorRun next = run.next(config)) {
            awaitSame(next, "takenout", "t", "t");
        }
    }

    /** Under FOR ALL TABLES what is made is published from its first row on. */
    @Test
    void whatIsMadeWhileAllTablesArePublishedIsStreamedAndNotCopied() throws Exception {
        postgres.execute(
                "CREATE SCHEMA every",
                "CREATE TABLE every.one(id int8 PRIMARY KEY)",
                "CREATE TABLE every.old(id int8 PRIMARY KEY, v int8 NOT NULL)",
                "INSERT INTO every.old SELECT i, 0 FROM generate_series(1, 50) i",
                "CREATE TABLE every.excluded(id int8 PRIMARY KEY, v int8 NOT NULL)",
                "INSERT INTO every.excluded SELECT i, 0 FROM generate_series(1, 50) i");
        Map<String, String> config = CdcMirror.config(postgres, "every");
        config.put("publication.autocreate.mode", "all_tables");
        config.put("table.include.list", "every\\.(one|old|made.*|renamed.*|moved)");
        MirrorRun run = streaming(config, "every");
        try {
            make("made1");
            awaitMarker(run, "every", 1);
            awaitSame(run, "every", "made1", "made1");
            awaitKnown(run, "made1");
            run.stop();
            make("made2");
            // What had rows under a name that is not captured has to be copied.
            make("other");
            postgres.execute("ALTER TABLE every.other RENAME TO renamed1");
            execute(
                    "CREATE TABLE every.other(id int8 PRIMARY KEY, v int8 NOT NULL)",
                    "INSERT INTO every.other SELECT i, 0 FROM generate_series(1, 50) i",
                    "ALTER TABLE every.other RENAME TO renamed2");
            postgres.execute("CREATE SCHEMA everyelse", "CREATE TABLE everyelse.moved(id int8 PRIMARY KEY, v int8)");
            postgres.execute(
                    "INSERT INTO everyelse.moved SELECT i, 0 FROM generate_series(1, 50) i",
                    "ALTER TABLE everyelse.moved SET SCHEMA every");
            MirrorRun next = run.next(config);
            for (String table : List.of("made2", "renamed1", "renamed2", "moved")) {
                awaitSame(next, "every", table, table);
            }
            make("made3");
            awaitSame(next, "every", "made3", "made3");
            // Later on another configuration might have left it out until then.
            awaitKnown(next, "made3");
            next.stop();
            config.put("table.include.list", "every\\..*");
            make("made4");
            MirrorRun last = run.next(config);
            awaitSame(last, "every", "excluded", "excluded");
            awaitMarker(last, "every", 2);
            for (String table : List.of("made1", "made2", "made3")) {
                assertThat(copied(last, "every", table))
                        .as("copied of %s", table)
                        .isZero();
            }
            last.stop();
        } finally {
            run.close();
        }
    }

    private static void awaitKnown(MirrorRun run, String table) {
        Await.until(table + " is known", () -> {
            CopyState state = CopyState.of(run.stored(CopyState.partition("every")));
            return state != null && state.captures().test(new TableId("every", table));
        });
    }

    private static void make(String table) {
        postgres.execute(
                "CREATE TABLE every." + table + "(id int8, v int8 NOT NULL)",
                "INSERT INTO every." + table + " SELECT i, 0 FROM generate_series(1, 50) i",
                "ALTER TABLE every." + table + " ADD PRIMARY KEY (id)",
                "UPDATE every." + table + " SET v = 1 WHERE id % 2 = 0",
                "ANALYZE every." + table);
    }

    /** In one transaction. */
    private static void execute(String... sql) throws SQLException {
        List<String> statements = new ArrayList<>(List.of(sql));
        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String one : statements) {
                statement.execute(one);
            }
            connection.commit();
        }
    }
}
