package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.position.Phase;
import io.millrace.source.position.StoredOffsets;
import io.millrace.testing.Await;
import io.millrace.testing.PostgresServer;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DDL while tables are copied: it waits for the table at hand only, and nothing that it empties is missed. */
class CopyAndDdlIT {
    private static final int ROWS = 10_000;
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    /** Tables a to d, of which a is read first. */
    private static Map<String, String> mirror(String name) {
        postgres.execute("CREATE SCHEMA " + name);
        for (String table : new String[] {"a", "b", "c", "d"}) {
            postgres.execute(
                    "CREATE TABLE " + name + "." + table + "(id int8 PRIMARY KEY, n int4 NOT NULL, pad text)",
                    "INSERT INTO " + name + "." + table + " SELECT i, 0, repeat('x', 1000) FROM generate_series(1, "
                            + ROWS + ") i");
        }
        postgres.execute("ANALYZE");
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put("snapshot.rows.per.partition", "2000");
        config.put("max.batch.size", "500");
        config.put("max.queue.size.in.bytes", "200000");
        config.put("poll.interval.ms", "10");
        return config;
    }

    private static void awaitRows(HandDrivenTask task, HandDrivenTask.Store store, String topic) {
        Await.driving("rows of " + topic + " are read", () -> {
            task.acknowledge(task.poll());
            return store.log().stream().anyMatch(record -> record.topic().equals(topic));
        });
    }

    private static void awaitStream(HandDrivenTask task, HandDrivenTask.Store store, String name) {
        Await.driving("the stream begins", () -> {
            task.pass();
            return new StoredOffsets(store, name).phase() instanceof Phase.Streaming;
        });
    }

    /** What an upserting consumer has at the end. */
    private static Map<Long, Object> folded(HandDrivenTask.Store store, String topic) {
        Map<Long, Object> rows = new TreeMap<>();
        for (SourceRecord record : store.log()) {
            if (!record.topic().equals(topic) || record.value() == null) {
                continue;
            }
            Struct value = (Struct) record.value();
            if (value.getString("op").equals("t")) {
                rows.clear();
            } else {
                Struct after = value.getStruct("after");
                rows.put(after.getInt64("id"), after.get("n"));
            }
        }
        return rows;
    }

    @Test
    void ddlWaitsForTheTableAtHandAndForNoOther() throws Exception {
        var store = new HandDrivenTask.Store();
        try (var task = new HandDrivenTask(store, mirror("waits"), 0, 1)) {
            awaitRows(task, store, "waits.waits.a");
            postgres.execute("SET lock_timeout = '2s'", "ALTER TABLE waits.c ADD later text");
            CompletableFuture<Void> alter =
                    CompletableFuture.runAsync(() -> postgres.execute("ALTER TABLE waits.a ADD later text"));
            Await.until("it waits", () -> waiting().equals("1"));
            awaitRows(task, store, "waits.waits.b");
            Await.driving("it is through", () -> {
                task.acknowledge(task.poll());
                return alter.isDone();
            });
            alter.get();
            awaitStream(task, store, "waits");
            assertThat(folded(store, "waits.waits.a")).hasSize(ROWS);
            assertThat(folded(store, "waits.waits.c")).hasSize(ROWS);
            // Neither was rewritten, so neither was read twice.
            assertThat(store.log().stream().filter(record -> record.topic().equals("waits.waits.a")))
                    .hasSize(ROWS);
        }
    }

    @Test
    void whatIsRewrittenOrEmptiedBeforeItsTurnComesFromANewSnapshot() {
        var store = new HandDrivenTask.Store();
        try (var task = new HandDrivenTask(store, mirror("rewritten"), 0, 1)) {
            awaitRows(task, store, "rewritten.rewritten.a");
            postgres.execute(
                    "ALTER TABLE rewritten.b ALTER n TYPE int8",
                    "UPDATE rewritten.b SET n = 1 WHERE id = 1",
                    "ALTER TABLE rewritten.d RENAME pad TO other",
                    "TRUNCATE rewritten.c",
                    "INSERT INTO rewritten.c VALUES (7, 7, '')");
            awaitStream(task, store, "rewritten");
            Await.driving("the truncated table is as it is", () -> {
                task.pass();
                return folded(store, "rewritten.rewritten.c").equals(Map.of(7L, 7));
            });
            Map<Long, Object> b = folded(store, "rewritten.rewritten.b");
            assertThat(b).hasSize(ROWS).containsEntry(1L, 1L).containsEntry(2L, 0L);
            assertThat(folded(store, "rewritten.rewritten.a")).hasSize(ROWS);
            assertThat(folded(store, "rewritten.rewritten.d")).hasSize(ROWS);
        }
    }

    /** With exactly-once a chunk has one task that may read it, so only that one finds out: the first or the other. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whatOneTaskFindsChangedTheOthersCopyAnewToo(int finder) {
        String name = "shared" + finder;
        Map<String, String> config = mirror(name);
        config.put("exactly.once.support", "required");
        config.put("snapshot.rows.per.partition", "100000");
        makeForTask(name + ".c", finder);
        makeForTask(name + ".d", 1 - finder);
        var store = new HandDrivenTask.Store();
        try (var first = new HandDrivenTask(store, config, 0, 2)) {
            awaitRows(first, store, "__millrace-control." + name);
            postgres.execute("ALTER TABLE " + name + ".c RENAME pad TO other");
            try (var second = new HandDrivenTask(store, config, 1, 2)) {
                Await.driving("the stream begins", () -> {
                    first.pass();
                    second.pass();
                    return new StoredOffsets(store, name).phase() instanceof Phase.Streaming;
                });
            }
            for (String table : new String[] {"a", "b", "c", "d"}) {
                assertThat(folded(store, name + "." + name + "." + table)).hasSize(ROWS);
            }
        }
    }

    /** A table of one chunk that one task of two reads: which one depends on the OID. */
    private static void makeForTask(String table, int task) {
        for (int taken = 0; !taskOf(table).equals(Integer.toString(task)); taken++) {
            postgres.execute(
                    // Takes another number of OIDs each time, or the table's parity might stay the same for ever.
                    "SELECT lo_create(0) FROM generate_series(1, " + taken + ")",
                    "CREATE TABLE anew AS SELECT * FROM " + table,
                    "DROP TABLE " + table,
                    "ALTER TABLE anew SET SCHEMA " + table.substring(0, table.indexOf('.')),
                    "ALTER TABLE " + table.replaceFirst("[^.]*$", "anew") + " RENAME TO "
                            + table.substring(table.indexOf('.') + 1),
                    "ALTER TABLE " + table + " ADD PRIMARY KEY (id)");
        }
        postgres.execute("ANALYZE " + table);
    }

    private static String taskOf(String table) {
        return postgres.queryOne("SELECT ('" + table + "'::regclass::oid::int8 % 2)::text");
    }

    @Test
    void yieldingLetsDdlThroughInTheMiddleOfATable() throws Exception {
        Map<String, String> config = mirror("yields");
        config.put("snapshot.ddl.handling.mode", "yield");
        var store = new HandDrivenTask.Store();
        try (var task = new HandDrivenTask(store, config, 0, 1)) {
            awaitRows(task, store, "yields.yields.a");
            CompletableFuture<Void> alter =
                    CompletableFuture.runAsync(() -> postgres.execute("ALTER TABLE yields.a ALTER n TYPE int8"));
            Await.until("it waits", () -> waiting().equals("1"));
            Await.driving("it is through", () -> {
                task.acknowledge(task.poll());
                return alter.isDone();
            });
            alter.get();
            long read = store.log().stream()
                    .filter(record -> record.topic().equals("yields.yields.a"))
                    .count();
            assertThat(read).isLessThan(ROWS);
            awaitStream(task, store, "yields");
            assertThat(folded(store, "yields.yields.a")).hasSize(ROWS).containsEntry(2L, 0L);
        }
    }

    private static String waiting() {
        return postgres.queryOne("SELECT count(*)::text FROM pg_locks WHERE NOT granted");
    }
}
