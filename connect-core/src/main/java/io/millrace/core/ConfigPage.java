package io.millrace.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;

/** Writes a page of the configuration reference (Markdown) from a {@link ConfigDef}, which is the only place to edit. */
public final class ConfigPage {
    private ConfigPage() {}

    /**
     * A page of one or more sections, in the given order, one per class to configure.
     *
     * @param title the page's heading
     * @param sections heading of a section (a class name) to what it can be configured with
     */
    public static String render(String title, Map<String, ConfigDef> sections) {
        StringBuilder page = new StringBuilder("# " + title + "\n\n");
        page.append("Generated from the code by a test of this module; do not edit. After a change to a key run\n");
        page.append("`mvn verify -Dmillrace.golden.update=true`.\n");
        sections.forEach((name, definition) -> {
            if (sections.size() > 1) {
                page.append("\n## ").append(name).append('\n');
            }
            Map<String, List<ConfigKey>> groups = groups(definition);
            groups.forEach((group, keys) -> {
                if (groups.size() > 1) {
                    page.append("\n## ")
                            .append(group.isEmpty() ? "Other" : group)
                            .append('\n');
                }
                keys.forEach(key -> page.append(describe(key)));
            });
        });
        return page.toString();
    }

    /** Groups in the order in which they were defined; inside a group by the keys' own order. */
    private static Map<String, List<ConfigKey>> groups(ConfigDef definition) {
        Map<String, List<ConfigKey>> groups = new LinkedHashMap<>();
        for (ConfigKey key : definition.configKeys().values()) {
            if (!key.internalConfig) {
                groups.computeIfAbsent(key.group == null ? "" : key.group, name -> new ArrayList<>())
                        .add(key);
            }
        }
        groups.values().forEach(keys -> keys.sort((a, b) -> Integer.compare(a.orderInGroup, b.orderInGroup)));
        return groups;
    }

    private static String describe(ConfigKey key) {
        StringBuilder text = new StringBuilder("\n### `" + key.name + "`\n\n");
        text.append(key.documentation == null ? "" : key.documentation.strip()).append("\n\n");
        text.append("- Type: ").append(key.type.name().toLowerCase(Locale.ROOT)).append('\n');
        text.append("- Default: ").append(defaultOf(key)).append('\n');
        if (key.validator != null) {
            text.append("- Valid values: ").append(key.validator).append('\n');
        }
        text.append("- Importance: ").append(key.importance.name().toLowerCase(Locale.ROOT));
        return text.append('\n').toString();
    }

    private static String defaultOf(ConfigKey key) {
        if (!key.hasDefault()) {
            return "none, it must be set";
        }
        if (key.defaultValue == null || key.type == ConfigDef.Type.PASSWORD) {
            return "not set";
        }
        String value = ConfigDef.convertToString(key.defaultValue, key.type);
        return value == null || value.isEmpty() ? "empty" : "`" + value + "`";
    }
}
