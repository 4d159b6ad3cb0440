package io.millrace.source;

import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.TableFilter;
import io.millrace.source.codec.CodecOptions;
import io.millrace.source.query.MirrorSettings;
import io.millrace.source.record.TopicNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** The query connector's configuration. Immutable. */
public final class QueryConfig extends AbstractConfig {
    /** Added to each task's configuration: the names of its mirrors. */
    static final String TASK_MIRRORS = "millrace.task.mirrors";

    private static final String OF_ONE = QueryKeys.MIRRORS + ".";
    private static final String ROLE =
            "Role to connect as. It needs CONNECT on the database, USAGE on the schemas and SELECT on what is read, and to write nothing. With pg_read_all_stats (or pg_monitor) runs end where no open transaction can bring an earlier value; without it watermark.boundary has to be set.";

    public QueryConfig(Map<String, String> properties) {
        super(configDef(), properties, false);
    }

    /** Every key with its documentation. */
    public static ConfigDef configDef() {
        ConfigDef def = new ConfigDef();
        SourceKeys.connection(def, ROLE);
        QueryKeys.connector(def);
        mirrorKeys(def);
        RecordKeys.names(def);
        RecordKeys.types(def);
        RecordKeys.pace(def);
        QueryKeys.target(def);
        QueryKeys.signals(def);
        return def;
    }

    private static ConfigDef mirrorKeys(ConfigDef def) {
        QueryKeys.what(def);
        QueryKeys.watermark(def);
        QueryKeys.runs(def);
        return def;
    }

    Database database() {
        return SourceKeys.database(this);
    }

    TopicNames topics() {
        return new TopicNames(topicPrefix(), "__debezium-heartbeat", "transaction", RecordKeys.adjustment(this));
    }

    String topicPrefix() {
        return getString("topic.prefix");
    }

    CodecOptions codecOptions() {
        return RecordKeys.codecOptions(this);
    }

    long requestBytes() {
        return Long.parseLong(originalsStrings().getOrDefault("producer.override.max.request.size", "1048576"));
    }

    int mirrorsInParallel() {
        return getInt("snapshot.tables.in.parallel");
    }

    /** One mirror as it is configured. */
    record Configured(MirrorKeys keys, MirrorSettings settings, TableFilter columns) {
        boolean fromTarget() {
            MirrorSettings.Watermark watermark = settings.watermark();
            return watermark != null && "target".equals(watermark.start());
        }
    }

    /** The mirrors, in order. @throws ConfigException on the key that has to change */
    List<Configured> mirrors() {
        List<Configured> mirrors = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Set<Object> tables = new HashSet<>();
        for (MirrorKeys keys : keys()) {
            MirrorSettings settings = keys.settings();
            if (!names.add(settings.name())) {
                throw new ConfigException(QueryKeys.MIRRORS, settings.name(), "is there twice");
            }
            if (!tables.add(settings.table())) {
                throw new ConfigException(
                        keys.key("table"), settings.table(), "two mirrors would fill the topic of one table");
            }
            mirrors.add(new Configured(keys, settings, keys.columns()));
        }
        return mirrors;
    }

    private List<MirrorKeys> keys() {
        Map<String, String> common = new HashMap<>();
        Map<String, String> single = new HashMap<>();
        originalsStrings().forEach((key, value) -> (key.startsWith(OF_ONE) ? single : common).put(key, value));
        List<String> names = getList(QueryKeys.MIRRORS);
        ConfigDef def = mirrorKeys(new ConfigDef());
        if (names.isEmpty()) {
            unknown(single, Set.of());
            return List.of(new MirrorKeys("", def, common, Set.of()));
        }
        List<MirrorKeys> keys = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (String name : names) {
            Map<String, String> own = new HashMap<>(common);
            Set<String> overridden = new HashSet<>();
            for (String key : def.names()) {
                String full = OF_ONE + name + "." + key;
                if (single.containsKey(full)) {
                    own.put(key, single.get(full));
                    overridden.add(key);
                    known.add(full);
                }
            }
            keys.add(new MirrorKeys(name, def, own, overridden));
        }
        unknown(single, known);
        return keys;
    }

    private static void unknown(Map<String, String> given, Set<String> known) {
        for (String key : given.keySet()) {
            if (!known.contains(key)) {
                throw new ConfigException(
                        QueryKeys.MIRRORS, key, "is no key of a mirror that the list " + QueryKeys.MIRRORS + " names");
            }
        }
    }
}
