package io.millrace.sink.warehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mistakes in a configuration, each found at its key before anything is made. */
class ValidationIT {
    @TempDir
    Path folder;

    private Map<String, String> config(String... changes) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name",
                "sink",
                "warehouse.type",
                "duckdb",
                "duckdb.database",
                folder.resolve("target.duckdb").toString()));
        for (int i = 0; i < changes.length; i += 2) {
            config.put(changes[i], changes[i + 1]);
        }
        return config;
    }

    private static Map<String, List<String>> errors(Map<String, String> config) {
        Map<String, List<String>> errors = new TreeMap<>();
        for (ConfigValue value : new WarehouseSinkConnector().validate(config).configValues()) {
            if (!value.errorMessages().isEmpty()) {
                errors.put(value.name(), value.errorMessages());
            }
        }
        return errors;
    }

    private void assertWrong(String key, String message, String... changes) {
        assertThat(errors(config(changes))).containsOnlyKeys(key);
        assertThat(errors(config(changes)).get(key)).anyMatch(each -> each.contains(message));
    }

    @Test
    void aGoodConfigurationMakesNothing() {
        assertThat(errors(config())).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void eachMistakeIsShownAtItsKey() {
        assertWrong("warehouse.type", "duckdb", "warehouse.type", "oracle");
        assertWrong("duckdb.database", "is needed", "duckdb.database", "");
        assertWrong("duckdb.database", "folder does not exist", "duckdb.database", "/no/such/folder/x.duckdb");
        assertWrong("duckdb.database", "is a folder", "duckdb.database", folder.toString());
        assertWrong("duckdb.database", "path of a file", "duckdb.database", "jdbc:duckdb:x");
        assertWrong("duckdb.motherduck.token", "is needed", "duckdb.database", "md:shop");
        assertWrong("duckdb.memory.limit", "not understood", "duckdb.memory.limit", "plenty");
        assertWrong("duckdb.storage.version", "not understood", "duckdb.storage.version", "v0.0.7");
        assertWrong("duckdb.lock.timeout.ms", "Not a number", "duckdb.lock.timeout.ms", "soon");
        assertWrong("duckdb.pathh", "not a key", "duckdb.pathh", "x");
        assertWrong("insert.mode", "__millrace-manifest", "insert.mode", "overwrite", "topics", "shop.public.orders");
        assertWrong("tasks.max", "one writer", "tasks.max", "2");
        assertWrong("unrepresentable", "one of", "unrepresentable", "guess");
        assertWrong("ledger.table", "at most a schema and a table", "ledger.table", "a.b.c");
        assertWrong("load.mode", "not offered for warehouse.type=duckdb", "load.mode", "avro");
        assertWrong("staging.location", "not offered for warehouse.type=duckdb", "staging.location", "gs://bucket/x");
        assertWrong("soft.delete.column", "needs a column", "delete.mode", "soft", "soft.delete.column", "");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFileThatIsNoDatabaseIsRefused() throws Exception {
        Path text = java.nio.file.Files.writeString(
                folder.resolve("notes.txt"), "no database, but long enough to be looked at");
        assertWrong("duckdb.database", "cannot be opened", "duckdb.database", text.toString());
    }

    @Test
    void tablesOfTheFileAreCompared() throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("target.duckdb"));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA shop");
            statement.execute("CREATE TABLE shop.orders (id INTEGER, __deleted VARCHAR)");
        }
        String[] good = {"topics", "m.shop.orders,m.shop.other", "primary.key.fields", "id"};
        assertThat(errors(config(good))).isEmpty();
        assertWrong("auto.create", "shop.other does not exist", "topics", "m.shop.other", "auto.create", "false");
        assertWrong("primary.key.fields", "no column \"no\"", "topics", "m.shop.orders", "primary.key.fields", "no");
        assertWrong("soft.delete.column", "is VARCHAR", "topics", "m.shop.orders", "delete.mode", "soft");
        assertWrong(
                "synced.at.column",
                "does not add it",
                "topics",
                "m.shop.orders",
                "synced.at.column",
                "at",
                "schema.evolution",
                "none");
    }

    @Test
    void tasksAreAsManyAsTheWarehouseTakes() {
        WarehouseSinkConnector connector = new WarehouseSinkConnector();
        connector.start(config());
        assertThat(connector.taskConfigs(4)).hasSize(1);
    }

    @Test
    void theTokenIsNeverShown() {
        WarehouseSinkConfig config =
                new WarehouseSinkConfig(config("duckdb.database", "md:shop", "duckdb.motherduck.token", "very-secret"));
        assertThat(config.values().toString())
                .contains("duckdb.motherduck.token")
                .doesNotContain("very-secret");
    }
}
