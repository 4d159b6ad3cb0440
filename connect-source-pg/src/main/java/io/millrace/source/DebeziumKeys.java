package io.millrace.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigValue;

/**
 * Keys by which Debezium changes what records say and that are not supported here. They are refused, not passed over:
 * a configuration that moves over must not mean something else in silence. Keys of Debezium that only tune its own
 * machinery are ignored.
 */
final class DebeziumKeys {
    private static final Map<String, String> REFUSED = Map.ofEntries(
            Map.entry("snapshot.select.statement.overrides", ""),
            Map.entry("converters", ""),
            Map.entry("post.processors", ""),
            Map.entry("skip.messages.without.change", "false"),
            Map.entry("include.schema.comments", "false"),
            Map.entry("heartbeat.action.query", ""),
            Map.entry("replica.identity.autoset.values", ""),
            Map.entry("slot.stream.params", ""),
            Map.entry("database.initial.statements", ""),
            Map.entry("datatype.propagate.source.type", ""));

    private DebeziumKeys() {}

    /** A value with an error for each key that is set to something else than what is done anyway. */
    static List<ConfigValue> refused(Map<String, String> given) {
        List<ConfigValue> refused = new ArrayList<>();
        given.forEach((key, value) -> {
            String harmless = REFUSED.get(key);
            if (harmless != null && !value.isBlank() && !value.equalsIgnoreCase(harmless)) {
                refused.add(
                        error(key, value, key + " is not supported yet; take it out, or stay with Debezium for it"));
            } else if (key.startsWith("column.mask.") || key.startsWith("column.truncate.")) {
                refused.add(error(
                        key,
                        value,
                        key + " is not supported yet; leave the column out by column.exclude.list or the transform"
                                + " ExcludeColumns"));
            }
        });
        return refused;
    }

    private static ConfigValue error(String key, String value, String message) {
        return new ConfigValue(key, value, List.of(), new ArrayList<>(List.of(message)));
    }
}
