package io.millrace.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.Settings;
import io.millrace.testing.bigquery.BigQueryStandIn;
import io.millrace.testing.snowflake.SnowflakeStandIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the examples, and puts a test's addresses where theirs stand. */
final class Examples {
    private static final Path FILE = Path.of(System.getProperty("java.io.tmpdir"), "millrace-example.duckdb");

    /** Started when an example asks for it; ends with the process. */
    private static final class BigQuery {
        private static final BigQueryStandIn STAND_IN = BigQueryStandIn.start();
    }

    /** The same. */
    private static final class Snowflake {
        private static final SnowflakeStandIn STAND_IN = SnowflakeStandIn.start();
    }

    private Examples() {}

    static Path folder(String name) {
        return Settings.root().resolve("config-examples").resolve(name);
    }

    static List<Path> files(String folder) {
        try (var files = Files.list(folder(folder))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The configuration as a worker would get it, {@code name} and {@code connector.class} included. */
    static Map<String, String> config(Path file) {
        try {
            if (file.toString().endsWith(".json")) {
                JsonNode json = new ObjectMapper().readTree(file.toFile());
                Map<String, String> config = strings(json.get("config"));
                config.put("name", json.get("name").asText());
                return config;
            }
            JsonNode yaml = new ObjectMapper(new YAMLFactory()).readTree(file.toFile());
            Map<String, String> config = strings(yaml.at("/spec/config"));
            config.put("name", yaml.at("/metadata/name").asText());
            config.put("connector.class", yaml.at("/spec/class").asText());
            config.put("tasks.max", yaml.at("/spec/tasksMax").asText());
            return config;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> strings(JsonNode object) {
        Map<String, String> strings = new LinkedHashMap<>();
        object.fields()
                .forEachRemaining(
                        field -> strings.put(field.getKey(), field.getValue().asText()));
        return strings;
    }

    /** With the addresses of a test's databases, and the role that the SQL examples make. */
    static Map<String, String> against(Map<String, String> config, PostgresServer server) {
        Map<String, String> changed = new LinkedHashMap<>(config);
        put(changed, "database.hostname", server.host());
        put(changed, "database.port", String.valueOf(server.port()));
        put(changed, "database.user", "millrace");
        put(changed, "database.password", "change-me");
        put(changed, "database.sslmode", "disable");
        put(changed, "connection.url", server.jdbcUrl("mirror"));
        put(changed, "connection.username", "millrace");
        put(changed, "connection.password", "change-me");
        // MotherDuck is not at hand: a file stands in for it.
        put(changed, "duckdb.database", FILE.toString());
        if ("bigquery".equals(changed.get("warehouse.type"))) {
            changed.put("bigquery.endpoint", BigQuery.STAND_IN.endpoint());
        }
        if ("snowflake".equals(changed.get("warehouse.type"))) {
            changed.put("snowflake.url.name", Snowflake.STAND_IN.url());
            changed.put("snowflake.user.name", SnowflakeStandIn.USER);
            changed.put("snowflake.password", SnowflakeStandIn.PASSWORD);
            changed.remove("snowflake.private.key");
        }
        return changed;
    }

    private static void put(Map<String, String> config, String key, String value) {
        config.computeIfPresent(key, (name, old) -> value);
    }

    /** The statements of a script under sql/, comments taken out. */
    static String sql(String file) {
        try {
            return Files.readString(folder("sql").resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
