package io.millrace.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.PostgresServer;
import io.millrace.testing.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.config.ConfigValue;

/** Configurations and readings that the connector's tests share. */
final class CdcMirror {
    private static final ObjectMapper JSON = new ObjectMapper();

    private CdcMirror() {}

    static Map<String, String> config(PostgresServer server, String name) {
        Map<String, String> config = new HashMap<>();
        config.put("connector.class", PostgresCdcSourceConnector.class.getName());
        config.put("tasks.max", "2");
        config.put("database.hostname", server.host());
        config.put("database.port", Integer.toString(server.port()));
        config.put("database.user", server.user());
        config.put("database.password", server.password());
        config.put("database.dbname", server.database());
        config.put("topic.prefix", name);
        config.put("slot.name", name);
        config.put("publication.name", name);
        config.put("table.include.list", name + "\\..*");
        config.put("poll.interval.ms", "50");
        config.put("heartbeat.interval.ms", "500");
        config.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
        config.put("key.converter.schemas.enable", "false");
        config.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
        config.put("value.converter.schemas.enable", "false");
        return config;
    }

    /** What {@code config/validate} says of the configuration with a change: messages by key. */
    static Map<String, List<String>> errors(PostgresServer server, String name, Consumer<Map<String, String>> change) {
        Map<String, String> config = config(server, name);
        change.accept(config);
        Map<String, List<String>> errors = new HashMap<>();
        for (ConfigValue value :
                new PostgresCdcSourceConnector().validate(config).configValues()) {
            if (!value.errorMessages().isEmpty()) {
                errors.put(value.name(), value.errorMessages());
            }
        }
        return errors;
    }

    /** The values of a topic's first records; a tombstone is a JSON null. */
    static List<JsonNode> values(KafkaBroker broker, String topic, int count) {
        List<JsonNode> values = new ArrayList<>();
        try (Topics topics = broker.topics()) {
            topics.read(topic, count, Duration.ofSeconds(60)).forEach(record -> values.add(json(record.value())));
        }
        return values;
    }

    private static JsonNode json(byte[] bytes) {
        try {
            return bytes == null ? JSON.nullNode() : JSON.readTree(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
