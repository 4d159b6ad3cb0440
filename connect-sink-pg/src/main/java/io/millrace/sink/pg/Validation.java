package io.millrace.sink.pg;

import io.millrace.core.Manifest;
import io.millrace.sink.NamedTables;
import io.millrace.sink.SinkConfig;
import io.millrace.sink.SinkSettings;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.postgresql.PGProperty;

/** Checks a configuration: its words, how they go together, and, when they do, the database that they name. */
final class Validation {
    private static final String DRIVER = "connection.";
    private static final int TYPOS = 2;

    private final Map<String, String> given;

    Validation(Map<String, String> given) {
        this.given = given;
    }

    Config run(Config config) {
        unknown(config);
        if (config.configValues().stream()
                .anyMatch(value -> !value.errorMessages().isEmpty())) {
            return config;
        }
        PostgresSinkConfig parsed;
        SinkSettings settings;
        try {
            parsed = new PostgresSinkConfig(given);
            settings = SinkSettings.of(parsed);
        } catch (ConfigException e) {
            problem(config, keyOf(e), String.valueOf(e.getMessage()));
            return config;
        }
        new NamedTables(settings, Map.of()).warn(topics());
        try (Connection connection = Session.connect(parsed.connection())) {
            privileges(config, connection, settings, parsed);
            for (ExistingTables.Problem problem : new ExistingTables(
                            connection, settings, parsed.connection().replica(), overwrite(parsed, settings))
                    .check(topics())) {
                problem(config, problem.key(), problem.message());
            }
            if (settings.overwrite()
                    && given.containsKey("topics")
                    && topics().stream().noneMatch(Manifest::isTopic)) {
                problem(
                        config,
                        SinkConfig.INSERT_MODE,
                        "overwrite needs the source's manifests: add " + Manifest.topic("<topic.prefix>")
                                + " to topics");
            }
        } catch (SQLException e) {
            problem(config, keyOf(e), SqlErrors.withCause(e));
        }
        return config;
    }

    private static OverwriteSettings overwrite(PostgresSinkConfig parsed, SinkSettings settings) {
        TableId ledger = new TableId(Router.split(parsed.getString(PostgresSinkConfig.LEDGER_TABLE)));
        return parsed.overwrite(ledger, settings.bookkeeping());
    }

    /** Misspelt keys: Connect passes over what no one has defined, and the default would be used without a word. */
    private void unknown(Config config) {
        List<String> names = PostgresSinkConfig.names();
        for (String key : given.keySet()) {
            String problem = null;
            if (names.contains(key)) {
                continue;
            } else if (key.startsWith(DRIVER)) {
                problem = PGProperty.forName(key.substring(DRIVER.length())) == null
                        ? "is neither a key of this sink nor a property of the PostgreSQL JDBC driver"
                        : null;
            } else {
                problem = names.stream()
                        .filter(name -> distance(name, key) <= TYPOS)
                        .findFirst()
                        .map(name -> "is not known; " + name + " is meant?")
                        .orElse(null);
            }
            if (problem != null) {
                config.configValues()
                        .add(new ConfigValue(key, given.get(key), List.of(), new ArrayList<>(List.of(problem))));
            }
        }
    }

    /** Letters to change, add or leave out to get from one word to the other. */
    private static int distance(String from, String to) {
        int[] row = java.util.stream.IntStream.rangeClosed(0, to.length()).toArray();
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }

    private static void privileges(
            Config config, Connection connection, SinkSettings settings, PostgresSinkConfig parsed)
            throws SQLException {
        if (!ask(connection, "has_database_privilege(current_database(), 'TEMPORARY')")) {
            problem(
                    config,
                    PostgresSinkConfig.USERNAME,
                    "the role may not create temporary tables: GRANT TEMPORARY ON DATABASE");
        }
        TableId ledger = new TableId(Router.split(parsed.getString(PostgresSinkConfig.LEDGER_TABLE)));
        String regclass = "to_regclass(" + Sql.text(Sql.table(ledger)) + ")";
        if (ask(connection, regclass + " IS NULL")) {
            if (!ask(connection, "coalesce(has_schema_privilege(" + schema(ledger) + ", 'CREATE'), false)")) {
                problem(
                        config,
                        PostgresSinkConfig.LEDGER_TABLE,
                        "does not exist, and the role may not create it there");
            }
        } else if (!ask(
                connection,
                "has_table_privilege(" + regclass + ", 'SELECT') AND has_table_privilege(" + regclass
                        + ", 'INSERT') AND has_table_privilege(" + regclass + ", 'UPDATE') AND has_table_privilege("
                        + regclass + ", 'DELETE')")) {
            problem(
                    config,
                    PostgresSinkConfig.LEDGER_TABLE,
                    "the role needs SELECT, INSERT, UPDATE and, for offsets that are deleted, DELETE on it");
        }
        if (ask(connection, "pg_is_in_recovery()")) {
            problem(config, PostgresSinkConfig.URL, "the server is a standby and cannot be written to");
        }
    }

    private List<String> topics() {
        return java.util.Arrays.stream(given.getOrDefault("topics", "").split(",", -1))
                .map(String::trim)
                .filter(topic -> !topic.isEmpty())
                .toList();
    }

    private static String schema(TableId table) {
        return table.parts().size() < 2
                ? "current_schema()"
                : Sql.text(table.parts().get(0));
    }

    private static boolean ask(Connection connection, String condition) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT " + condition)) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    private static String keyOf(SQLException e) {
        String state = SqlErrors.state(e);
        if (Session.isReplicationRole(e)) {
            return PostgresSinkConfig.SESSION_REPLICATION_ROLE;
        }
        if (state.equals("28P01") || String.valueOf(e.getMessage()).contains("no password was provided")) {
            return PostgresSinkConfig.PASSWORD;
        }
        return state.startsWith("28") ? PostgresSinkConfig.USERNAME : PostgresSinkConfig.URL;
    }

    /** The key that the exception names; the URL, which is always there, when it names none of ours. */
    private static String keyOf(ConfigException e) {
        return PostgresSinkConfig.names().stream()
                .filter(name -> String.valueOf(e.getMessage()).contains("configuration " + name))
                .findFirst()
                .orElse(PostgresSinkConfig.URL);
    }

    private static void problem(Config config, String key, String message) {
        for (ConfigValue value : config.configValues()) {
            if (value.name().equals(key)) {
                value.addErrorMessage(message);
            }
        }
    }
}
