package io.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.testing.Await;
import io.millrace.testing.ClickHouseStandIn;
import io.millrace.testing.ConnectRest;
import io.millrace.testing.ConnectWorker;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.WorkerOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every connector example against a real worker and real databases, with the least privileges that the SQL gives. */
class ExamplesIT {
    /** What Connect takes besides the keys that a connector defines. */
    private static final List<String> FREE_PREFIXES = List.of(
            "producer.override.",
            "consumer.override.",
            "admin.override.",
            "key.converter.",
            "value.converter.",
            "topic.creation.",
            // Of the query source, one for each mirror; what is wrong with one is found below a mistyped key.
            "mirrors.");

    private static PostgresServer postgres;
    private static KafkaBroker broker;
    private static ConnectWorker worker;
    private static ClickHouseStandIn clickHouse;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        postgres.createDatabase("shop");
        postgres.createDatabase("mirror");
        postgres.executeIn(
                "shop",
                "CREATE TABLE customers (id bigint PRIMARY KEY, email text, born date, note text)",
                "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, note text, updated_at timestamptz NOT NULL"
                        + " DEFAULT now())",
                "CREATE TABLE accounts (id bigint PRIMARY KEY)",
                "CREATE TABLE transfers (id bigint PRIMARY KEY)",
                "INSERT INTO customers VALUES (1, 'ann@example.com', '1990-01-01', 'hello')",
                Examples.sql("source-role.sql"),
                Examples.sql("query-role.sql").replaceFirst("(?m)^CREATE ROLE.*$", ""));
        String target = Examples.sql("target-role.sql");
        // One server plays both ends here, so the role is there already.
        postgres.executeIn("mirror", target.replaceFirst("(?m)^CREATE ROLE.*$", ""));
        connectors().forEach(file -> makePublication(Examples.config(file)));
        broker = KafkaBroker.start();
        clickHouse = ClickHouseStandIn.start();
        worker = ConnectWorker.embedded(
                broker,
                WorkerOptions.withModules(
                                "connect-source-pg", "connect-sink-pg", "connect-sink-warehouse", "transforms")
                        .with("exactly.once.source.support", "enabled"));
    }

    /** The role may not: each example's publication is made for it, as source-role.sql does for the first. */
    private static void makePublication(Map<String, String> config) {
        String name = config.get("publication.name");
        if (name != null && !name.equals("millrace_shop")) {
            postgres.executeIn(
                    "shop",
                    "CREATE PUBLICATION " + name + " FOR ALL TABLES WITH (publish_via_partition_root = "
                            + config.getOrDefault("publish.via.partition.root", "false") + ")");
        }
    }

    @AfterAll
    static void stop() {
        worker.close();
        broker.close();
        clickHouse.close();
        postgres.close();
    }

    static Stream<Path> connectors() {
        return Stream.concat(
                Examples.files("confluent").stream(),
                Examples.files("strimzi").stream()
                        .filter(file -> !file.getFileName().toString().equals("kafka-connect.yaml")));
    }

    @ParameterizedTest
    @MethodSource("connectors")
    void aWorkerAcceptsItAndKnowsEveryKey(Path file) {
        Map<String, String> config = Examples.against(Examples.config(file), postgres);
        if (config.containsKey("clickhouse.url")) {
            config.put("clickhouse.url", clickHouse.url());
            // The stand-in reads statements as they are.
            config.put("clickhouse.compression", "none");
        }
        assertThat(worker.rest().validationErrors(config)).isEmpty();

        Set<String> unknown = new TreeSet<>(config.keySet());
        for (JsonNode known : worker.rest().validate(config).path("configs")) {
            unknown.remove(known.path("definition").path("name").asText());
        }
        unknown.removeIf(key -> FREE_PREFIXES.stream().anyMatch(key::startsWith));
        assertThat(unknown).isEmpty();
    }

    @Test
    void aMistypedKeyWouldBeNoticed() {
        Map<String, String> config =
                new LinkedHashMap<>(Examples.against(Examples.config(first("postgres-sink.json")), postgres));
        config.put("insert.mode", "upsertt");
        assertThat(worker.rest().validationErrors(config)).containsOnlyKeys("insert.mode");
    }

    /** The README's first pair: a row arrives, with roles that may do no more than the SQL examples say. */
    @Test
    void theFirstPairMirrorsWithLeastPrivilege() throws SQLException {
        Map<String, String> source =
                new LinkedHashMap<>(Examples.against(Examples.config(first("postgres-source.json")), postgres));
        source.put("publication.autocreate.mode", "disabled");
        Map<String, String> sink = Examples.against(Examples.config(first("postgres-sink.json")), postgres);
        ConnectRest rest = worker.rest();
        rest.put("shop-source", source);
        rest.put("shop-sink", sink);
        try (Connection target = postgres.connect("mirror")) {
            awaitRow(target, "SELECT email FROM customers WHERE id = 1 AND born = '1990-01-01'", "ann@example.com");
            postgres.executeIn(
                    "shop", "UPDATE customers SET email = 'new' WHERE id = 1", "INSERT INTO orders VALUES (7, 1, 'x')");
            awaitRow(target, "SELECT email FROM customers WHERE id = 1", "new");
            awaitRow(target, "SELECT note FROM orders WHERE id = 7", "x");
        }
        rest.delete("shop-sink");
        rest.delete("shop-source");
    }

    /** Columns left out never arrive, and a delete becomes a row with flag and time, by transforms in the source alone. */
    @Test
    void transformsInTheSourceMaskColumnsAndKeepDeletedRows() throws SQLException {
        postgres.executeIn("shop", "INSERT INTO customers VALUES (5, 'secret@example.com', '1990-01-01', 'private')");
        Map<String, String> source =
                Examples.against(Examples.config(first("postgres-source-with-transforms.json")), postgres);
        Map<String, String> sink =
                new LinkedHashMap<>(Examples.against(Examples.config(first("postgres-sink.json")), postgres));
        sink.put("name", "masked-sink");
        sink.put("topics.regex", "masked\\.[^.]+\\..+");
        sink.put("table.name.format", "public.masked_${source.table}");
        ConnectRest rest = worker.rest();
        rest.put("shop-source-masked", source);
        rest.put("masked-sink", sink);
        String flag = "\"_PEERDB_IS_DELETED\"";
        try (Connection target = postgres.connect("mirror")) {
            awaitRow(target, "SELECT (NOT " + flag + ")::text FROM masked_customers WHERE id = 5", "true");
            postgres.executeIn("shop", "DELETE FROM customers WHERE id = 5");
            awaitRow(target, "SELECT " + flag + "::text FROM masked_customers WHERE id = 5", "true");
            awaitRow(
                    target,
                    "SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY ordinal_position)"
                            + " FROM information_schema.columns WHERE table_name = 'masked_customers'",
                    "id bigint, _PEERDB_IS_DELETED boolean, deleted_at timestamp with time zone");
            awaitRow(
                    target,
                    "SELECT (deleted_at BETWEEN now() - interval '5 minutes' AND now() + interval '1 minute')::text"
                            + " FROM masked_customers WHERE id = 5",
                    "true");
        }
        rest.delete("masked-sink");
        rest.delete("shop-source-masked");
    }

    /** Without slot and publication: an upsert by watermark, a join, and a whole table that replaces the target's. */
    @Test
    @org.junit.jupiter.api.Tag("extended")
    void theQuerySourceMirrorsWithTheRightToReadAlone() throws SQLException {
        postgres.executeIn(
                "shop",
                "INSERT INTO customers VALUES (11, 'eve@example.com', '1990-01-01', '')",
                "INSERT INTO orders VALUES (21, 11, 'first')",
                "INSERT INTO accounts VALUES (31), (32)");
        ConnectRest rest = worker.rest();
        Map<String, String> sink = Examples.against(Examples.config(first("postgres-sink.json")), postgres);
        sink.put("name", "report-sink");
        sink.put("topics.regex", "report\\.[^.]+\\..+");
        Map<String, String> whole = Examples.against(Examples.config(first("query-source-full.json")), postgres);
        whole.put("refresh.interval.ms", "500");
        Map<String, String> report = Examples.against(Examples.config(first("query-source-query.json")), postgres);
        report.put("refresh.interval.ms", "500");
        rest.put("query-source-query", report);
        rest.put("report-sink", sink);
        rest.put("query-source-full", whole);
        rest.put("whole-sink", Examples.against(Examples.config(first("postgres-sink-overwrite.json")), postgres));
        try (Connection target = postgres.connect("mirror")) {
            awaitRow(target, "SELECT email FROM order_report WHERE id = 21", "eve@example.com");
            postgres.executeIn("shop", "UPDATE orders SET note = 'second', updated_at = now() WHERE id = 21");
            awaitRow(target, "SELECT note FROM order_report WHERE id = 21", "second");
            awaitRow(target, "SELECT count(*)::text FROM accounts", "2");
            postgres.executeIn("shop", "DELETE FROM accounts WHERE id = 31", "INSERT INTO accounts VALUES (33), (34)");
            awaitRow(target, "SELECT string_agg(id::text, ',' ORDER BY id) FROM accounts", "32,33,34");
        }
        for (String name : List.of("query-source-query", "report-sink", "query-source-full", "whole-sink")) {
            rest.delete(name);
        }
    }

    /** A whole table whose columns are added, renamed, retyped and dropped: the target follows, and loses no column. */
    @Test
    @org.junit.jupiter.api.Tag("extended")
    void alteredColumnsReachTheTableThatIsReplaced() throws SQLException {
        postgres.executeIn(
                "shop",
                "CREATE TABLE reshaped (id int PRIMARY KEY, a text, b int, c text)",
                "INSERT INTO reshaped VALUES (1, 'one', 10, 'x'), (2, 'two', 20, 'y')");
        ConnectRest rest = worker.rest();
        Map<String, String> source = Examples.against(Examples.config(first("query-source-full.json")), postgres);
        source.put("name", "reshaped-source");
        source.put("topic.prefix", "reshaped");
        source.put("table", "public.reshaped");
        source.put("refresh.interval.ms", "500");
        Map<String, String> sink = Examples.against(Examples.config(first("postgres-sink-overwrite.json")), postgres);
        sink.put("name", "reshaped-sink");
        sink.put("topics.regex", "(reshaped\\.[^.]+\\..+)|(__millrace-manifest\\.reshaped)");
        rest.put("reshaped-source", source);
        rest.put("reshaped-sink", sink);
        String all = "SELECT string_agg(%s, ' ' ORDER BY id) FROM reshaped";
        try (Connection target = postgres.connect("mirror")) {
            awaitRow(target, all.formatted("a || b || c"), "one10x two20y");
            postgres.executeIn("shop", "ALTER TABLE reshaped ADD d numeric(6,2) DEFAULT 1.25");
            awaitRow(target, all.formatted("d::text"), "1.25 1.25");
            postgres.executeIn("shop", "ALTER TABLE reshaped RENAME a TO e");
            awaitRow(target, all.formatted("e || b"), "one10 two20");
            postgres.executeIn("shop", "ALTER TABLE reshaped ALTER b TYPE bigint USING b * 1000000000");
            awaitRow(target, all.formatted("e || b"), "one10000000000 two20000000000");
            postgres.executeIn(
                    "shop",
                    "ALTER TABLE reshaped DROP c",
                    "DELETE FROM reshaped WHERE id = 1",
                    "INSERT INTO reshaped(id, e, b, d) VALUES (3, 'three', 30, 2.5)");
            awaitRow(target, all.formatted("e || b || d"), "two200000000001.25 three302.50");
            awaitRow(target, "SELECT (c IS NULL)::text FROM reshaped WHERE id = 3", "true");
        }
        for (String name : List.of("reshaped-source", "reshaped-sink")) {
            rest.delete(name);
        }
    }

    private static void awaitRow(Connection target, String query, String expected) {
        Await.until(
                expected + " is in the target",
                java.time.Duration.ofSeconds(60),
                () -> {
                    try (var statement = target.createStatement();
                            var row = statement.executeQuery(query)) {
                        return row.next() && expected.equals(row.getString(1));
                    }
                },
                () -> worker.log(60));
    }

    private static Path first(String name) {
        return Examples.folder("confluent").resolve(name);
    }
}
