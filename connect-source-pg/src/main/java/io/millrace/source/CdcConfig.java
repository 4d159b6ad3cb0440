package io.millrace.source;

import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.OpenSessions;
import io.millrace.source.catalog.Publication;
import io.millrace.source.catalog.TableFilter;
import io.millrace.source.codec.CodecOptions;
import io.millrace.source.record.TopicNames;
import io.millrace.source.snapshot.CopySettings;
import io.millrace.source.stream.EventSettings;
import io.millrace.source.stream.StreamSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/** The CDC connector's configuration: Debezium's keys and meanings where Debezium has one. Immutable. */
public final class CdcConfig extends AbstractConfig {

    /** Added to each task's configuration. */
    static final String TASK_ID = "millrace.task.id";

    static final String TASKS = "millrace.tasks";

    public CdcConfig(Map<String, String> properties) {
        super(configDef(), properties, false);
    }

    /** Every key with its documentation. */
    public static ConfigDef configDef() {
        ConfigDef def = new ConfigDef();
        SourceKeys.connection(def);
        SourceKeys.capture(def);
        SourceKeys.replication(def);
        SourceKeys.snapshot(def);
        RecordKeys.records(def);
        RecordKeys.types(def);
        RecordKeys.tuning(def);
        return def;
    }

    public Database database() {
        Map<String, String> options = new HashMap<>();
        for (String key : List.of("sslmode", "sslrootcert", "sslcert", "sslkey")) {
            @Nullable String value = getString("database." + key);
            if (value != null) {
                options.put(key, value);
            }
        }
        if (getPassword("database.sslpassword") != null) {
            options.put("sslpassword", getPassword("database.sslpassword").value());
        }
        return new Database(
                getString("database.hostname"),
                getInt("database.port"),
                getString("database.dbname"),
                getString("database.user"),
                getPassword("database.password").value(),
                options,
                new OpenSessions());
    }

    public TableFilter filter() {
        return TableFilter.of(new TableFilter.Lists(
                getList("schema.include.list"),
                getList("schema.exclude.list"),
                getList("table.include.list"),
                getList("table.exclude.list"),
                getList("column.include.list"),
                getList("column.exclude.list")));
    }

    public TopicNames topics() {
        return new TopicNames(topicPrefix(), getString("heartbeat.topics.prefix"));
    }

    public String topicPrefix() {
        return getString("topic.prefix");
    }

    public String slot() {
        return getString("slot.name");
    }

    public String publication() {
        return getString("publication.name");
    }

    /** Most COPY sessions in the whole cluster. */
    public int copySessions() {
        long sessions = (long) getInt("snapshot.max.parallel.workers") * getInt("snapshot.tables.in.parallel");
        return (int) Math.min(sessions, Integer.MAX_VALUE);
    }

    /** The producer's limit where the connector overrides it, else the producer's default. */
    long requestBytes() {
        return Long.parseLong(originalsStrings().getOrDefault("producer.override.max.request.size", "1048576"));
    }

    int slotTimeoutMillis() {
        return (int) Math.min(Integer.MAX_VALUE, getLong("slot.creation.timeout.ms"));
    }

    int tasks() {
        return Math.max(1, Integer.parseInt(originalsStrings().getOrDefault(TASKS, "1")));
    }

    boolean viaRoot() {
        return getBoolean("publish.via.partition.root");
    }

    /** Whether the mode has an initial copy. */
    boolean copies() {
        return getString("snapshot.mode").startsWith("initial");
    }

    /** Whether the mode goes on with the stream. */
    boolean streams() {
        return !"initial_only".equals(getString("snapshot.mode"));
    }

    Publication.Autocreate autocreate() {
        return Publication.Autocreate.valueOf(
                getString("publication.autocreate.mode").toUpperCase(Locale.ROOT));
    }

    CodecOptions codecOptions() {
        Map<String, String> options = new HashMap<>(originalsStrings());
        boolean propagate = !getList("column.propagate.source.type").isEmpty();
        options.put("column.propagate.source.type.enabled", String.valueOf(propagate));
        return CodecOptions.from(options);
    }

    /** @param lanes how many tasks may have stored progress */
    CopySettings copySettings(int task, int lanes) {
        return new CopySettings(
                topicPrefix() + " " + slot(),
                topicPrefix(),
                task,
                Math.max(lanes, tasks()),
                filter(),
                viaRoot(),
                getInt("snapshot.rows.per.partition"),
                streams(),
                copySessions());
    }

    StreamSettings streamSettings() {
        return new StreamSettings(
                topicPrefix(),
                slot(),
                publication(),
                filter(),
                new EventSettings(getBoolean("tombstones.on.delete"), Set.copyOf(getList("skipped.operations"))),
                Duration.ofMillis(getInt("status.update.interval.ms")),
                Duration.ofMillis(getInt("heartbeat.interval.ms")));
    }
}
