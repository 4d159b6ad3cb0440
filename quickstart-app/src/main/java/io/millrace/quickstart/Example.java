package io.millrace.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.testing.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A connector's configuration from config-examples, with the addresses of this run put in. */
record Example(String name, Map<String, String> config) {
    static Example read(String file) {
        Path path = Settings.root().resolve("config-examples/confluent").resolve(file);
        try {
            JsonNode json = new ObjectMapper().readTree(path.toFile());
            Map<String, String> config = new LinkedHashMap<>();
            json.get("config")
                    .fields()
                    .forEachRemaining(
                            key -> config.put(key.getKey(), key.getValue().asText()));
            return new Example(json.get("name").asText(), config);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + path, e);
        }
    }

    Example with(String key, String value) {
        Map<String, String> changed = new LinkedHashMap<>(config);
        changed.put(key, value);
        return new Example(name, changed);
    }

    String get(String key) {
        String value = config.get(key);
        if (value == null) {
            throw new IllegalStateException("The example " + name + " does not set " + key);
        }
        return value;
    }
}
