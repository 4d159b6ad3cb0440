package io.millrace.sink.warehouse;

import io.millrace.sink.SinkConfig;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** The keys of the warehouse sink: its own, those of every warehouse, and those of every sink. */
public final class WarehouseSinkConfig extends AbstractConfig {
    public static final String TYPE = "warehouse.type";
    public static final String STAGING_LOCATION = "staging.location";
    public static final String LOAD_MODE = "load.mode";
    public static final String UNREPRESENTABLE = "unrepresentable";
    public static final String OVERWRITE_STRATEGY = "overwrite.strategy";
    public static final String LEDGER_TABLE = "ledger.table";

    public WarehouseSinkConfig(Map<String, String> properties) {
        super(configDef(), properties, false);
    }

    /** All keys with their documentation. */
    public static ConfigDef configDef() {
        ConfigDef def = own();
        Warehouses.all().forEach(warehouse -> warehouse.define(def));
        return SinkConfig.define(def);
    }

    /** The same in parts, from which the reference is generated: what is shared, and each warehouse's. */
    static Map<String, ConfigDef> parts() {
        Map<String, ConfigDef> parts = new LinkedHashMap<>();
        parts.put("warehouse", SinkConfig.define(own()));
        for (Warehouse warehouse : Warehouses.all()) {
            ConfigDef def = new ConfigDef();
            warehouse.define(def);
            parts.put(warehouse.type(), def);
        }
        return parts;
    }

    private static ConfigDef own() {
        ConfigDef def = new ConfigDef();
        def.define(
                TYPE,
                Type.STRING,
                ConfigDef.NO_DEFAULT_VALUE,
                new Known(),
                Importance.HIGH,
                "Which warehouse to write to. Its own keys begin with this word.",
                "Warehouse",
                1,
                Width.SHORT,
                "Warehouse");
        def.define(
                UNREPRESENTABLE,
                Type.STRING,
                "fail",
                ConfigDef.CaseInsensitiveValidString.in("fail", "text"),
                Importance.MEDIUM,
                "What to do about columns of which the warehouse has no type that holds every value. <code>fail</code>: use the closest native type, and refuse a value that does not fit it:"
                        + " it stops the task, or goes to the dead letter queue where <code>errors.tolerance=all</code> is set. <code>text</code>: make such columns text, which holds every value.",
                "Warehouse",
                2,
                Width.SHORT,
                "Unrepresentable values");
        def.define(
                OVERWRITE_STRATEGY,
                Type.STRING,
                "diff",
                ConfigDef.CaseInsensitiveValidString.in("diff", "truncate"),
                Importance.MEDIUM,
                "How a whole copy replaces a table with <code>insert.mode=overwrite</code>. <code>diff</code>: rows that the copy lacks are deleted, and only rows that differ are written; all are in a table without a key."
                        + " <code>truncate</code>: the table is emptied and filled. Either way in one transaction: readers see all of the old or all of the new.",
                "Warehouse",
                3,
                Width.SHORT,
                "Overwrite strategy");
        def.define(
                LEDGER_TABLE,
                Type.STRING,
                "millrace_ledger",
                Importance.LOW,
                "Table in the target that remembers what has been applied; made when missing. A dot parts schema and table.");
        def.define(
                LOAD_MODE,
                Type.STRING,
                "",
                ConfigDef.CaseInsensitiveValidString.in("", "avro", "sql", "stream"),
                Importance.LOW,
                "How rows come into the warehouse, where there is a choice; the page about each warehouse says what it offers. Empty: the warehouse's own way.");
        def.define(
                STAGING_LOCATION,
                Type.STRING,
                "",
                Importance.MEDIUM,
                "Folder in a bucket in which files lie until the warehouse has loaded them, where it can load from one; for BigQuery <code>gs://bucket/folder</code>. For Snowflake an internal stage: <code>@~/folder</code> (the user's) or <code>@database.schema.stage/folder</code>. Empty: rows go to the warehouse itself, in Snowflake by <code>@~/millrace</code>.");
        SinkConfig.defineLayout(def);
        return def;
    }

    /** The warehouse that {@code warehouse.type} names. */
    public Warehouse warehouse() {
        return Warehouses.find(getString(TYPE)).orElseThrow(() -> unknown(getString(TYPE)));
    }

    /** The connector's name. */
    public String connector() {
        return String.valueOf(originals().getOrDefault("name", ""));
    }

    /** The topics, where they are named one by one. */
    public List<String> topics() {
        return Arrays.stream(
                        String.valueOf(originals().getOrDefault("topics", "")).split(",", -1))
                .map(String::trim)
                .filter(topic -> !topic.isEmpty())
                .toList();
    }

    /**
     * How rows are to come into the warehouse.
     *
     * @param offered the warehouse's ways, its own first; empty where there is no choice
     * @return one of these, or empty
     * @throws ConfigException for a way that is not offered
     */
    public String loadMode(List<String> offered) {
        String mode = getString(LOAD_MODE).toLowerCase(Locale.ROOT);
        if (mode.isEmpty()) {
            return offered.isEmpty() ? "" : offered.get(0);
        }
        if (!offered.contains(mode)) {
            throw new ConfigException(
                    LOAD_MODE,
                    mode,
                    "is not offered for " + TYPE + "=" + warehouse().type() + ": leave it out"
                            + (offered.isEmpty() ? "" : ", or take one of " + String.join(", ", offered)));
        }
        return mode;
    }

    /** @throws ConfigException for a way of loading that the warehouse does not offer */
    void checkLoading(Warehouse warehouse) {
        loadMode(warehouse.loadModes());
        String location = getString(STAGING_LOCATION);
        if (!location.isBlank() && !warehouse.loadsFromBuckets()) {
            throw new ConfigException(
                    STAGING_LOCATION,
                    location,
                    "is not offered for " + TYPE + "=" + warehouse.type() + ": leave it out");
        }
    }

    /** Whether an overwrite writes all rows anew. */
    public boolean overwritesWhole() {
        return getString(OVERWRITE_STRATEGY).toLowerCase(Locale.ROOT).equals("truncate");
    }

    public boolean unrepresentableAsText() {
        return getString(UNREPRESENTABLE).toLowerCase(Locale.ROOT).equals("text");
    }

    static List<String> names() {
        return List.copyOf(configDef().names());
    }

    private static ConfigException unknown(@Nullable Object type) {
        return new ConfigException(TYPE, type, "must be one of: " + Warehouses.types());
    }

    private static final class Known implements ConfigDef.Validator {
        @Override
        public void ensureValid(String name, @Nullable Object value) {
            if (value == null || Warehouses.find(value.toString()).isEmpty()) {
                throw unknown(value);
            }
        }

        @Override
        public String toString() {
            return "one of " + Warehouses.types();
        }
    }
}
