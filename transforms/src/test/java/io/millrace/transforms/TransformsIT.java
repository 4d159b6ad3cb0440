package io.millrace.transforms;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.testing.ConnectWorker;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.Settings;
import io.millrace.testing.WorkerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Both transforms from their archive in a real worker, behind Debezium's own connector. */
class TransformsIT {
    private static PostgresServer postgres;
    private static KafkaBroker broker;
    private static ConnectWorker worker;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        broker = KafkaBroker.start();
        worker = ConnectWorker.embedded(
                broker, WorkerOptions.withModules("transforms").pluginFolder(Settings.debeziumPlugin()));
    }

    @AfterAll
    static void stop() {
        worker.close();
        broker.close();
        postgres.close();
    }

    @Test
    void deletesBecomeRowsAndColumnsAreLeftOut() throws IOException {
        postgres.execute(
                "CREATE TABLE a (id int PRIMARY KEY, qty int NOT NULL, note text, secret text)",
                "CREATE TABLE b (id int PRIMARY KEY, qty int NOT NULL, note text, secret text)",
                "ALTER TABLE b REPLICA IDENTITY FULL",
                "INSERT INTO a VALUES (1, 5, 'x', 's')",
                "INSERT INTO b VALUES (1, 5, 'x', 's')");
        worker.rest().put("transformed", config("shop"));
        worker.rest().awaitRunning("transformed", 1);
        // Only once the rows are there: a delete before the snapshot would leave nothing to see.
        assertThat(values("shop.public.a", 1)).hasSize(1);
        assertThat(values("shop.public.b", 1)).hasSize(1);
        for (String table : List.of("a", "b")) {
            postgres.execute("DELETE FROM " + table, "INSERT INTO " + table + " VALUES (1, 6, 'y', 's')");
        }

        List<JsonNode> keyOnly = values("shop.public.a", 3);
        List<JsonNode> full = values("shop.public.b", 3);
        // A tombstone would be a fourth record, without a value, behind the delete.
        assertThat(keyOnly)
                .hasSize(3)
                .extracting(value -> value.path("op").asText())
                .containsExactly("r", "u", "c");
        assertThat(keyOnly).noneMatch(value -> value.path("after").has("secret"));
        assertThat(row(keyOnly.get(0))).isEqualTo("1|5|x|false|null");
        assertThat(row(keyOnly.get(1))).matches("1\\|null\\|null\\|true\\|\\d+");
        assertThat(row(full.get(1))).matches("1\\|5\\|x\\|true\\|\\d+");
        assertThat(row(keyOnly.get(2))).isEqualTo("1|6|y|false|null");
    }

    @Test
    void anExcludedKeyColumnStopsTheTaskWithItsName() {
        postgres.execute("CREATE TABLE c (id int PRIMARY KEY, note text)", "INSERT INTO c VALUES (1, 'x')");
        Map<String, String> config = new HashMap<>(config("refused"));
        config.put("transforms.exclude.column.exclude.list", "public\\.c\\..*");
        config.put("table.include.list", "public.c");
        worker.rest().put("refused", config);
        assertThat(worker.rest().awaitFailed("refused")).contains("public.c.id").contains("column.exclude.list");
        worker.rest().delete("refused");
    }

    @Test
    void aBadSettingIsAnErrorOfItsKey() {
        Map<String, String> config = new HashMap<>(config("checked"));
        config.put("name", "checked");
        config.put("transforms.exclude.column.exclude.list", "a(b");
        config.put("transforms.soft.replica.identity", "perhaps");
        assertThat(worker.rest().validationErrors(config))
                .containsOnlyKeys("transforms.exclude.column.exclude.list", "transforms.soft.replica.identity");
    }

    private static Map<String, String> config(String prefix) {
        return Map.ofEntries(
                Map.entry("connector.class", "io.debezium.connector.postgresql.PostgresConnector"),
                Map.entry("plugin.name", "pgoutput"),
                Map.entry("database.hostname", postgres.host()),
                Map.entry("database.port", String.valueOf(postgres.port())),
                Map.entry("database.user", postgres.user()),
                Map.entry("database.password", postgres.password()),
                Map.entry("database.dbname", postgres.database()),
                Map.entry("topic.prefix", prefix),
                Map.entry("slot.name", prefix),
                Map.entry("publication.name", prefix),
                Map.entry("publication.autocreate.mode", "filtered"),
                Map.entry("table.include.list", "public.a,public.b"),
                Map.entry("value.converter", "org.apache.kafka.connect.json.JsonConverter"),
                Map.entry("value.converter.schemas.enable", "false"),
                Map.entry("transforms", "exclude,soft"),
                Map.entry("transforms.exclude.type", "io.millrace.transforms.ExcludeColumns"),
                Map.entry("transforms.exclude.column.exclude.list", "public\\..*\\.secret"),
                Map.entry("transforms.soft.type", "io.millrace.transforms.SoftDelete"));
    }

    private static String row(JsonNode value) {
        JsonNode after = value.path("after");
        return String.join(
                "|",
                after.path("id").asText(),
                after.path("qty").asText(),
                after.path("note").asText(),
                after.path("__deleted").asText(),
                after.path("__deleted_at").asText());
    }

    private static List<JsonNode> values(String topic, int count) throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<JsonNode> values = new ArrayList<>();
        try (var topics = broker.topics()) {
            for (var record : topics.read(topic, count, Duration.ofSeconds(60))) {
                values.add(record.value() == null ? json.nullNode() : json.readTree(record.value()));
            }
        }
        return values;
    }
}
