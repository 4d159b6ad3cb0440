package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.codec.TypeCase;
import io.millrace.source.codec.TypeCases;
import io.millrace.testing.Await;
import io.millrace.testing.ConnectWorker;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.Settings;
import io.millrace.testing.Topics;
import io.millrace.testing.WorkerOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Debezium's connector and ours on the same tables and the same WAL, side by side in one worker. */
class DebeziumOracleIT {
    private static final int COLUMNS = 20;

    private static PostgresServer postgres;
    private static KafkaBroker broker;
    private static ConnectWorker worker;
    private static Topics topics;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        postgres.execute(TypeCases.SETUP.toArray(String[]::new));
        broker = KafkaBroker.start();
        topics = broker.topics();
        worker = ConnectWorker.embedded(
                broker, WorkerOptions.withModules("connect-source-pg").pluginFolder(Settings.debeziumPlugin()));
    }

    @AfterAll
    static void stop() {
        worker.close();
        topics.close();
        broker.close();
        postgres.close();
    }

    @Test
    void typesReadInBinary() {
        compareTypes("bin", type -> type.binary());
    }

    @Tag("extended")
    @Test
    void typesReadAsText() {
        compareTypes("txt", type -> !type.binary());
    }

    private static void compareTypes(String schema, Predicate<TypeCase> wanted) {
        List<TypeCase> types = TypeCases.all(postgres.version()).stream()
                .filter(type -> type.differences().isEmpty() && wanted.test(type))
                .toList();
        postgres.execute("CREATE SCHEMA " + schema);
        List<String> changes = new ArrayList<>();
        for (int first = 0; first < types.size(); first += COLUMNS) {
            List<TypeCase> columns = types.subList(first, Math.min(first + COLUMNS, types.size()));
            String table = schema + ".types_" + first;
            postgres.execute("CREATE TABLE " + table + " (id int PRIMARY KEY, "
                    + join(columns, i -> "c" + i + " " + columns.get(i).declaration()) + ")");
            int rows = columns.stream()
                    .mapToInt(type -> type.values().size())
                    .max()
                    .orElseThrow();
            for (int row = 0; row < rows; row++) {
                int of = row;
                String values = join(columns, i -> {
                    List<String> all = columns.get(i).values();
                    return all.get(of % all.size());
                });
                postgres.execute("INSERT INTO " + table + " VALUES (" + row + ", " + values + ")");
                changes.add("INSERT INTO " + table + " VALUES (" + (100 + row) + ", " + values + ")");
            }
            changes.add("UPDATE " + table + " SET c0 = c0 WHERE id = 100");
            changes.add("UPDATE " + table + " SET id = -id WHERE id = 101");
            changes.add("DELETE FROM " + table + " WHERE id IN (0, 102)");
        }
        compare(schema, schema + "\\..*", List.of(changes));
    }

    private static String join(List<TypeCase> columns, IntFunction<String> text) {
        return IntStream.range(0, columns.size()).mapToObj(text).collect(Collectors.joining(", "));
    }

    @Test
    void everyKindOfChange() {
        postgres.execute(Changes.TABLES.toArray(String[]::new));
        compare("chg", "chg\\..*", Changes.STEPS);
    }

    @Test
    @Tag("extended")
    void partitions() {
        postgres.execute(
                "CREATE SCHEMA prt",
                "CREATE TABLE prt.whole (id int, v text, PRIMARY KEY (id)) PARTITION BY RANGE (id)",
                "CREATE TABLE prt.part_1 PARTITION OF prt.whole FOR VALUES FROM (0) TO (10)",
                "CREATE TABLE prt.part_2 (v text, id int PRIMARY KEY)",
                "ALTER TABLE prt.whole ATTACH PARTITION prt.part_2 FOR VALUES FROM (10) TO (20)",
                "INSERT INTO prt.whole SELECT i, i FROM generate_series(0, 19) i");
        compare(
                "prt",
                "prt\\.(part_.*|zz_marker)",
                List.of(List.of(
                        "UPDATE prt.whole SET v = 'a' WHERE id IN (1, 11)",
                        "DELETE FROM prt.whole WHERE id IN (12, 5)",
                        "UPDATE prt.whole SET id = 12 WHERE id = 2",
                        "INSERT INTO prt.whole VALUES (5, 'back')")));
    }

    @Test
    @Tag("extended")
    void messagesAndTransactionMetadata() {
        postgres.execute("CREATE SCHEMA msg", "CREATE TABLE msg.t (id int PRIMARY KEY)");
        List<String> differences = differences(
                "msg",
                "msg\\..*",
                List.of(List.of(
                        "BEGIN; INSERT INTO msg.t VALUES (1), (2); SELECT pg_logical_emit_message(true, 'in', 'x');"
                                + " UPDATE msg.t SET id = 3 WHERE id = 1; DELETE FROM msg.t WHERE id = 2; COMMIT",
                        "SELECT pg_logical_emit_message(true, 'alone', '\\x00ff'::bytea)",
                        "TRUNCATE msg.t")),
                Map.of("provide.transaction.metadata", "true"));
        // Debezium writes the hash of an object where a message's count has its table's name.
        assertThat(differences)
                .allMatch(difference -> difference.contains("data_collection: \"LOGICAL_DECODING_MESSAGE\" for"))
                .hasSize(2);
        assertThat(OracleRecords.topics(topics, "ours_msg")).contains("message", "transaction");
    }

    @Test
    @Tag("extended")
    void messagesOutsideTransactions() {
        postgres.execute("CREATE SCHEMA out", "CREATE TABLE out.t (id int PRIMARY KEY)");
        compare(
                "out",
                "out\\..*",
                List.of(List.of("INSERT INTO out.t VALUES (1)", "SELECT pg_logical_emit_message(false, 'out', 'y')")));
        assertThat(OracleRecords.topics(topics, "ours_out")).contains("message");
    }

    /** The one place where ours says more: the value is read again, where Debezium leaves its placeholder. */
    @Tag("extended")
    @Test
    void changedKeyWithUnchangedToast() {
        postgres.execute(
                "CREATE SCHEMA tst",
                "CREATE TABLE tst.t (id int PRIMARY KEY, big text)",
                "ALTER TABLE tst.t ALTER big SET STORAGE EXTERNAL",
                "INSERT INTO tst.t SELECT 1, repeat('x', 10000)");
        List<String> differences = differences("tst", "tst\\..*", List.of(List.of("UPDATE tst.t SET id = 2")));
        assertThat(differences)
                .containsExactly("tst.t stream record 2 value/payload/after/big: \"" + "x".repeat(10000)
                        + "\" for Debezium's \"__debezium_unavailable_value\"");
    }

    /** By changing connector.class and nothing else, while rows are written. */
    @Test
    @Tag("extended")
    void movesFromDebeziumAndBack() throws Exception {
        postgres.execute(
                "CREATE SCHEMA mov", "CREATE TABLE mov.t (id int PRIMARY KEY)", "INSERT INTO mov.t VALUES (0)");
        AtomicInteger written = new AtomicInteger();
        Thread writer = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                // Transactions of three rows, so that a move may fall into one.
                int first = written.get() + 1;
                postgres.execute(
                        "INSERT INTO mov.t VALUES (" + first + "), (" + (first + 1) + "), (" + (first + 2) + ")");
                written.set(first + 2);
            }
        });
        Map<String, String> theirs = debezium("mov\\..*", "mov");
        Map<String, String> ours = new HashMap<>(theirs);
        ours.put("connector.class", PostgresCdcSourceConnector.class.getName());
        worker.rest().put("mov", theirs);
        Await.until("Debezium has copied", () -> topics.endOffset("mov.mov.t") == 1);
        writer.start();
        for (Map<String, String> next : List.of(ours, theirs, ours)) {
            long before = topics.endOffset("mov.mov.t");
            Await.until("rows come", () -> topics.endOffset("mov.mov.t") > before + 50);
            worker.rest().put("mov", next);
        }
        long before = topics.endOffset("mov.mov.t");
        Await.until("rows come", () -> topics.endOffset("mov.mov.t") > before + 50);
        writer.interrupt();
        writer.join();
        List<Integer> ids = new ArrayList<>();
        Await.until("all rows have come", () -> {
            ids.clear();
            ids.addAll(OracleRecords.ids(topics, "mov.mov.t"));
            return ids.contains(written.get());
        });
        worker.rest().delete("mov");
        List<Integer> distinct = ids.stream().distinct().toList();
        assertThat(distinct)
                .isEqualTo(IntStream.rangeClosed(0, written.get()).boxed().toList());
        // Nothing twice: both stop in good order, and go on from what the other has stored.
        assertThat(ids).as("%s rows by turns", ids.size()).isEqualTo(distinct);
    }

    private static void compare(String schema, String tables, List<List<String>> steps) {
        assertThat(differences(schema, tables, steps)).isEmpty();
    }

    private static List<String> differences(String schema, String tables, List<List<String>> steps) {
        return differences(schema, tables, steps, Map.of());
    }

    /** Each step of changes is streamed by both before the next, since Debezium reads the catalog as it is then. */
    private static List<String> differences(
            String schema, String tables, List<List<String>> steps, Map<String, String> more) {
        postgres.execute("CREATE TABLE " + schema + ".zz_marker (id int PRIMARY KEY)");
        postgres.execute("INSERT INTO " + schema + ".zz_marker VALUES (1)");
        String ours = "ours_" + schema;
        String theirs = "dbz_" + schema;
        worker.rest().put(ours, with(ours(tables, ours), more));
        worker.rest().put(theirs, with(debezium(tables, theirs), more));
        // The tables are copied in the order of their names.
        for (String prefix : List.of(ours, theirs)) {
            Await.until(prefix + " has copied", () -> copied(prefix, schema));
        }
        for (int i = 0; i < steps.size(); i++) {
            int markers = i + 2;
            postgres.execute(steps.get(i).toArray(String[]::new));
            postgres.execute("INSERT INTO " + schema + ".zz_marker VALUES (" + markers + ")");
            for (String prefix : List.of(ours, theirs)) {
                Await.until(
                        prefix + " has streamed",
                        () -> topics.endOffset(prefix + "." + schema + ".zz_marker") == markers);
            }
        }

        worker.rest().delete(ours);
        worker.rest().delete(theirs);

        Set<String> names = OracleRecords.topics(topics, theirs);
        assertThat(OracleRecords.topics(topics, ours)).isEqualTo(names);
        List<String> differences = new ArrayList<>();
        for (String topic : names) {
            OracleRecords expected = OracleRecords.read(topics, theirs, topic);
            OracleRecords actual = OracleRecords.read(topics, ours, topic);
            actual.differences(expected).forEach(difference -> differences.add(topic + " " + difference));
        }
        return differences;
    }

    private static Map<String, String> with(Map<String, String> config, Map<String, String> more) {
        config.putAll(more);
        return config;
    }

    private static boolean copied(String prefix, String schema) {
        return topics.endOffset(prefix + "." + schema + ".zz_marker") == 1;
    }

    private static Map<String, String> ours(String tables, String name) {
        Map<String, String> config = CdcMirror.config(postgres, name);
        config.put("table.include.list", tables);
        config.put("key.converter.schemas.enable", "true");
        config.put("value.converter.schemas.enable", "true");
        return config;
    }

    private static Map<String, String> debezium(String tables, String name) {
        Map<String, String> config = new HashMap<>(ours(tables, name));
        config.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        config.put("tasks.max", "1");
        config.put("plugin.name", "pgoutput");
        config.put("column.propagate.source.type", ".*");
        config.put("interval.handling.mode", "string");
        config.put("include.unknown.datatypes", "true");
        config.put("skipped.operations", "none");
        config.put("publication.autocreate.mode", "filtered");
        return config;
    }
}
