package io.millrace.sink;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** Keys that Debezium's and Confluent's JDBC sinks have for what is called otherwise here. A key may be set once only. */
final class Aliases {
    private static final List<Alias> ALL = List.of(
            new Alias("collection.name.format", SinkConfig.TABLE_NAME_FORMAT, Map.of(), "Debezium's JDBC sink"),
            new Alias(
                    "delete.enabled",
                    SinkConfig.DELETE_MODE,
                    Map.of("true", "hard", "false", "ignore"),
                    "Debezium's and Confluent's JDBC sinks"),
            new Alias(
                    "truncate.enabled",
                    SinkConfig.TRUNCATE_MODE,
                    Map.of("true", "apply", "false", "ignore"),
                    "Debezium's JDBC sink"),
            new Alias(
                    "auto.evolve",
                    SinkConfig.SCHEMA_EVOLUTION,
                    Map.of("true", "add", "false", "fail"),
                    "Confluent's JDBC sink"),
            new Alias("pk.mode", SinkConfig.PRIMARY_KEY_MODE, Map.of(), "Confluent's JDBC sink"),
            new Alias("pk.fields", SinkConfig.PRIMARY_KEY_FIELDS, Map.of(), "Confluent's JDBC sink"),
            new Alias("batch.size", SinkConfig.MAX_BATCH_SIZE, Map.of(), "Debezium's and Confluent's JDBC sinks"));

    /** Words are translated; without a map they mean the same as there. */
    private record Alias(String name, String key, Map<String, String> words, String owner) {
        String documentation() {
            String meaning = words.entrySet().stream()
                    .sorted(Map.Entry.<String, String>comparingByKey().reversed())
                    .map(word -> "<code>" + word.getKey() + "</code> is <code>" + word.getValue() + "</code>")
                    .reduce((one, other) -> one + ", " + other)
                    .map(text -> ": " + text)
                    .orElse("");
            return "<code>" + key + "</code> under the name that it has in " + owner + meaning
                    + ". Set one of the two.";
        }

        String translate(String text) {
            if (words.isEmpty()) {
                return text;
            }
            String word = words.get(text.toLowerCase(Locale.ROOT));
            if (word == null) {
                throw new ConfigException(name, text, "must be true or false");
            }
            return word;
        }
    }

    private Aliases() {}

    static void define(ConfigDef def) {
        for (Alias alias : ALL) {
            def.define(alias.name, Type.STRING, "", Importance.LOW, alias.documentation());
        }
    }

    /** The value of a key, by whichever name it was given. */
    static @Nullable Object value(AbstractConfig config, String key) {
        Object value = config.values().get(key);
        String given = "";
        for (Alias alias : ALL) {
            String text = config.getString(alias.name).trim();
            if (!alias.key.equals(key) || text.isEmpty()) {
                continue;
            }
            if (config.originals().containsKey(key) || !given.isEmpty()) {
                throw new ConfigException(
                        alias.name, text, "is the same as " + (given.isEmpty() ? key : given) + ": set one of the two");
            }
            given = alias.name;
            value = parse(alias, text);
        }
        return value;
    }

    private static @Nullable Object parse(Alias alias, String text) {
        ConfigDef.ConfigKey key = Objects.requireNonNull(
                SinkConfig.define(new ConfigDef()).configKeys().get(alias.key));
        Object value = ConfigDef.parseType(alias.name, alias.translate(text), key.type());
        if (key.validator != null) {
            key.validator.ensureValid(alias.name, value);
        }
        return value;
    }
}
