package io.millrace.core;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.jspecify.annotations.Nullable;

/** Adds keys to a {@link ConfigDef} under one heading, in the order in which they are added. */
public final class ConfigGroup {
    private final ConfigDef def;
    private final String group;
    private int order;

    public ConfigGroup(ConfigDef def, String group) {
        this.def = def;
        this.group = group;
    }

    /** A key that has to be set. */
    public ConfigGroup required(
            String name, Type type, ConfigDef.@Nullable Validator validator, Importance importance, String doc) {
        return define(name, type, ConfigDef.NO_DEFAULT_VALUE, validator, importance, doc);
    }

    /** @param standard the default; null for none */
    public ConfigGroup optional(
            String name,
            Type type,
            @Nullable Object standard,
            ConfigDef.@Nullable Validator validator,
            Importance importance,
            String doc) {
        return define(name, type, standard, validator, importance, doc);
    }

    /** A key whose values need no check beyond their type. */
    public ConfigGroup optional(String name, Type type, @Nullable Object standard, Importance importance, String doc) {
        return define(name, type, standard, null, importance, doc);
    }

    private ConfigGroup define(
            String name,
            Type type,
            @Nullable Object standard,
            ConfigDef.@Nullable Validator validator,
            Importance importance,
            String doc) {
        Width width = type == Type.LIST ? Width.LONG : type == Type.STRING ? Width.MEDIUM : Width.SHORT;
        def.define(name, type, standard, validator, importance, doc, group, ++order, width, name);
        return this;
    }
}
