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
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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

    /** The one place where ours says more: the value is read again, where Debezium leaves its placeholder. */
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

    private static void compare(String schema, String tables, List<List<String>> steps) {
        assertThat(differences(schema, tables, steps)).isEmpty();
    }

    /** Each step of changes is streamed by both before the next, since Debezium reads the catalog as it is then. */
    private static List<String> differences(String schema, String tables, List<List<String>> steps) {
        postgres.execute("CREATE TABLE " + schema + ".zz_marker (id int PRIMARY KEY)");
        postgres.execute("INSERT INTO " + schema + ".zz_marker VALUES (1)");
        String ours = "ours_" + schema;
        String theirs = "dbz_" + schema;
        worker.rest().put(ours, ours(tables, ours));
        worker.rest().put(theirs, debezium(tables, theirs));
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
