package io.millrace.sink.warehouse;

import io.millrace.core.Manifest;
import io.millrace.sink.NamedTables;
import io.millrace.sink.SinkConfig;
import io.millrace.sink.SinkSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;

/** Checks a configuration: its words, how they go together, and, when they do, the warehouse that they name. */
final class Validation {
    private static final String TASKS_MAX = "tasks.max";

    private final Map<String, String> given;

    Validation(Map<String, String> given) {
        this.given = given;
    }

    Config run(Config config) {
        if (broken(config)) {
            return config;
        }
        try {
            WarehouseSinkConfig parsed = new WarehouseSinkConfig(given);
            Warehouse warehouse = parsed.warehouse();
            tasks(config, parsed, warehouse);
            foreign(config, warehouse);
            parsed.checkLoading(warehouse);
            add(config, warehouse.check(parsed));
            SinkSettings settings = SinkSettings.of(parsed);
            if (settings.overwrite()
                    && given.containsKey("topics")
                    && parsed.topics().stream().noneMatch(Manifest::isTopic)) {
                add(
                        config,
                        SinkConfig.INSERT_MODE,
                        "overwrite needs the source's manifests: add " + Manifest.topic("<topic.prefix>")
                                + " to topics");
            }
            if (!broken(config)) {
                new NamedTables(settings, warehouse.namedTables(parsed, settings)).warn(parsed.topics());
                add(config, warehouse.probe(parsed, settings));
            }
        } catch (ConfigException e) {
            add(config, keyOf(e), String.valueOf(e.getMessage()));
        }
        return config;
    }

    private void tasks(Config config, WarehouseSinkConfig parsed, Warehouse warehouse) {
        int most = warehouse.maxTasks(parsed);
        String asked = given.getOrDefault(TASKS_MAX, "1");
        if (asked.matches("\\d{1,9}") && Integer.parseInt(asked) > most) {
            add(
                    config,
                    TASKS_MAX,
                    "must be at most " + most + ": " + parsed.getString(WarehouseSinkConfig.TYPE)
                            + " has one writer, and one task reads all partitions");
        }
    }

    /** Keys that look like this warehouse's and are not: Connect would pass over them without a word. */
    private void foreign(Config config, Warehouse warehouse) {
        List<String> names = WarehouseSinkConfig.names();
        for (String key : given.keySet()) {
            if (key.startsWith(warehouse.type() + ".") && !names.contains(key)) {
                add(config, key, "is not a key of this sink; see docs/configuration/warehouse.md");
            }
        }
    }

    private static boolean broken(Config config) {
        return config.configValues().stream()
                .anyMatch(value -> !value.errorMessages().isEmpty());
    }

    private void add(Config config, List<Warehouse.Problem> problems) {
        problems.forEach(problem -> add(config, problem.key(), problem.message()));
    }

    private void add(Config config, String key, String message) {
        for (ConfigValue value : config.configValues()) {
            if (value.name().equals(key)) {
                value.addErrorMessage(message);
                return;
            }
        }
        config.configValues().add(new ConfigValue(key, given.get(key), List.of(), new ArrayList<>(List.of(message))));
    }

    private static String keyOf(ConfigException e) {
        return WarehouseSinkConfig.names().stream()
                .filter(name -> String.valueOf(e.getMessage()).contains("configuration " + name))
                .findFirst()
                .orElse(WarehouseSinkConfig.TYPE);
    }
}
