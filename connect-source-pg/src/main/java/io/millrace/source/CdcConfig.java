package io.millrace.source;

import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.KeyColumns;
import io.millrace.source.catalog.Publication;
import io.millrace.source.catalog.PublicationOptions;
import io.millrace.source.catalog.RowFilters;
import io.millrace.source.catalog.TableFilter;
import io.millrace.source.codec.CodecOptions;
import io.millrace.source.notice.NoticeSettings;
import io.millrace.source.record.TopicNames;
import io.millrace.source.snapshot.CopySettings;
import io.millrace.source.snapshot.PartitionKeys;
import io.millrace.source.stream.EventSettings;
import io.millrace.source.stream.StreamSettings;
import io.millrace.source.window.WindowSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** The CDC connector's configuration: Debezium's keys and meanings where Debezium has one. Immutable. */
public final class CdcConfig extends AbstractConfig {

    /** Added to each task's configuration. */
    static final String TASK_ID = "millrace.task.id";

    static final String TASKS = "millrace.tasks";

    static final String GENERATIONS = "snapshot.generations";

    private static final String ROW_FILTER = "row.filter";

    public CdcConfig(Map<String, String> properties) {
        super(configDef(), properties, false);
    }

    /** Every key with its documentation. */
    public static ConfigDef configDef() {
        ConfigDef def = new ConfigDef();
        SourceKeys.connection(def, SourceKeys.REPLICATING_ROLE);
        SourceKeys.capture(def);
        PublicationKeys.publication(def);
        SourceKeys.replication(def);
        PublicationKeys.slot(def);
        SourceKeys.snapshot(def);
        CopyKeys.copies(def);
        RecordKeys.records(def);
        RecordKeys.names(def);
        RecordKeys.beside(def);
        RecordKeys.types(def);
        RecordKeys.tuning(def);
        return def;
    }

    public Database database() {
        return SourceKeys.database(this);
    }

    public TableFilter filter() {
        return TableFilter.of(new TableFilter.Lists(
                        getList("schema.include.list"),
                        getList("schema.exclude.list"),
                        getList("table.include.list"),
                        getList("table.exclude.list"),
                        getList("column.include.list"),
                        getList("column.exclude.list")))
                .and(CopyKeys.signalTable(this));
    }

    public TopicNames topics() {
        return new TopicNames(
                topicPrefix(),
                getString("heartbeat.topics.prefix"),
                getString("topic.transaction"),
                RecordKeys.adjustment(this));
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
        return publicationOptions().viaRoot();
    }

    PublicationOptions publicationOptions() {
        return new PublicationOptions(
                getBoolean("publish.via.partition.root"), "stored".equals(getString("publish.generated.columns")));
    }

    boolean columnLists() {
        return getBoolean("publication.column.lists");
    }

    /** @throws ConfigException when a table has no condition, or a condition no table */
    RowFilters rowFilters() {
        Map<String, Object> conditions = originalsWithPrefix(ROW_FILTER + ".");
        List<String> tables = getList(ROW_FILTER);
        Map<String, String> filters = new HashMap<>();
        for (String table : tables) {
            Object condition = conditions.remove(table);
            if (condition == null || condition.toString().isBlank()) {
                throw new ConfigException(
                        ROW_FILTER, tables, "give " + table + " a condition by the key " + ROW_FILTER + "." + table);
            }
            filters.put(table, condition.toString());
        }
        if (!conditions.isEmpty()) {
            throw new ConfigException(
                    ROW_FILTER, tables, "does not list " + conditions.keySet() + ", which have a condition");
        }
        return new RowFilters(filters);
    }

    KeyColumns keyColumns() {
        return KeyColumns.of(getString(KeyColumns.KEY));
    }

    boolean slotFailover() {
        return getBoolean("slot.failover");
    }

    boolean dropsSlot() {
        return getBoolean("slot.drop.on.stop");
    }

    /** Whether the mode has an initial copy. */
    boolean copies() {
        return getString("snapshot.mode").startsWith("initial");
    }

    /** Whether the mode goes on with the stream. */
    boolean streams() {
        return !"initial_only".equals(getString("snapshot.mode"));
    }

    /** Whether the user has Connect write rows and offsets in one transaction, for certain. */
    boolean exactlyOnce() {
        return "required".equalsIgnoreCase(originalsStrings().getOrDefault("exactly.once.support", "requested"));
    }

    /**
     * Whether the initial copy's tables are told as generations.
     *
     * @throws ConfigException when they are to be, and cannot
     */
    boolean generations() {
        String wanted = getString(GENERATIONS);
        if ("on".equals(wanted) && exactlyOnce()) {
            throw new ConfigException(
                    GENERATIONS,
                    wanted,
                    "not with exactly.once.support=required, where no chunk is read twice: set it to off, or leave"
                            + " exactly.once.support at requested");
        }
        return "on".equals(wanted) || "auto".equals(wanted) && copies() && !streams() && !exactlyOnce();
    }

    /** How long a snapshot is held for tasks that are stopped. */
    Duration snapshotKeep() {
        return Duration.ofMillis(getLong("snapshot.keep.ms"));
    }

    /** Whether a table may be copied again whose snapshot is gone, though rows of it are in its topic. */
    boolean copiesAgain() {
        String mode = getString("snapshot.lost.handling.mode");
        return "copy_again".equals(mode) || "auto".equals(mode) && !exactlyOnce();
    }

    Publication.Autocreate autocreate() {
        return Publication.Autocreate.valueOf(
                getString("publication.autocreate.mode").toUpperCase(Locale.ROOT));
    }

    CodecOptions codecOptions() {
        return RecordKeys.codecOptions(this);
    }

    PartitionKeys partitionKeys() {
        return PartitionKeys.of(getString(PartitionKeys.KEY));
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
                slotTimeoutMillis(),
                copySessions(),
                tasks(),
                exactlyOnce(),
                "yield".equals(getString("snapshot.ddl.handling.mode")),
                partitionKeys(),
                generations() && copiesAgain());
    }

    EventSettings eventSettings() {
        return new EventSettings(
                getBoolean("tombstones.on.delete"),
                Set.copyOf(getList("skipped.operations")),
                TableFilter.names(
                        "message.prefix",
                        getList("message.prefix.include.list"),
                        getList("message.prefix.exclude.list")),
                getBoolean("provide.transaction.metadata"));
    }

    String snapshotMode() {
        return getString("snapshot.mode");
    }

    WindowSettings windowSettings() {
        int windows = getInt("snapshot.max.parallel.workers");
        return new WindowSettings(
                topicPrefix(),
                publication(),
                windows,
                getInt("incremental.snapshot.chunk.size"),
                Math.max(1 << 16, getLong("max.queue.size.in.bytes") / windows),
                CopyKeys.signalTable(this),
                SignalKeys.topic(this, topicPrefix()));
    }

    NoticeSettings noticeSettings() {
        return CopyKeys.notices(this);
    }

    StreamSettings streamSettings() {
        return new StreamSettings(
                topicPrefix(),
                slot(),
                publication(),
                filter(),
                eventSettings(),
                Duration.ofMillis(getInt("status.update.interval.ms")),
                Duration.ofMillis(getInt("heartbeat.interval.ms")));
    }
}
