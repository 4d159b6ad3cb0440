package io.millrace.source;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;
import static org.apache.kafka.common.config.ConfigDef.Range.between;

import io.millrace.core.ConfigGroup;
import io.millrace.source.catalog.TableId;
import io.millrace.source.notice.NoticeSettings;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidList;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.jspecify.annotations.Nullable;

/** Configuration keys of the copies that are made while the stream runs, and of what asks for them and tells of them. */
final class CopyKeys {
    private static final Pattern TABLE = Pattern.compile("[^.]+\\.[^.]+");
    private static final String SIGNAL_TABLE = "signal.data.collection";
    private static final String NOTICE_CHANNELS = "notification.enabled.channels";
    private static final String NOTICE_INTERVAL = "notification.progress.interval.ms";
    private static final String NOTICE_TOPIC = "notification.sink.topic.name";

    private CopyKeys() {}

    static void copies(ConfigDef def) {
        ConfigGroup group = new ConfigGroup(def, "Copies while streaming")
                .optional(
                        "incremental.snapshot.chunk.size",
                        Type.INT,
                        8192,
                        between(1, 1_000_000),
                        LOW,
                        "Rows that are read at once of a table that is copied while the stream runs: a table that was added to the captured ones, or that a signal names. As many such ranges are read ahead as snapshot.max.parallel.workers says, and together they take at most max.queue.size.in.bytes as the source sends them.")
                .optional(
                        SignalKeys.CHANNELS,
                        Type.LIST,
                        List.of("source"),
                        ValidList.in("source", "kafka"),
                        MEDIUM,
                        "Where signals come from: source for the rows of signal.data.collection, kafka for the records of signal.kafka.topic.")
                .optional(
                        SIGNAL_TABLE,
                        Type.STRING,
                        "",
                        MEDIUM,
                        "The signal table as schema.table, with the columns id, type and data. It is captured whatever table.include.list says. A row that is inserted asks for something, in Debezium's format: execute-snapshot, stop-snapshot, pause-snapshot, resume-snapshot, log.");
        SignalKeys.topic(group)
                .optional(
                        NOTICE_CHANNELS,
                        Type.LIST,
                        List.of(),
                        ValidList.in("log", "sink", "jmx"),
                        LOW,
                        "Where the mirror tells how it goes, as Debezium's notifications: log, sink for a topic, jmx. It tells of the initial copy (tables, chunks, rows, bytes), of the copies made while streaming, of the stream's progress, and of what a task failed with.")
                .optional(
                        NOTICE_INTERVAL,
                        Type.LONG,
                        60_000L,
                        atLeast(0L),
                        LOW,
                        "Milliseconds between notifications of the stream's progress: its LSN, its delay, the WAL that the slot holds. 0 for none.")
                .optional(NOTICE_TOPIC, Type.STRING, "", LOW, "The topic of notifications.");
    }

    static NoticeSettings notices(CdcConfig config) {
        return new NoticeSettings(
                config.topicPrefix(),
                Set.copyOf(config.getList(NOTICE_CHANNELS)),
                config.getString(NOTICE_TOPIC),
                Duration.ofMillis(config.getLong(NOTICE_INTERVAL)));
    }

    static @Nullable TableId signalTable(CdcConfig config) {
        String name = config.getString(SIGNAL_TABLE).strip();
        if (name.isEmpty() || !config.getList(SignalKeys.CHANNELS).contains("source") || !config.streams()) {
            return null;
        }
        int dot = name.indexOf('.');
        return dot < 1 ? null : new TableId(name.substring(0, dot), name.substring(dot + 1));
    }

    /** What the values lack together, each on the key that is missing. */
    static void check(CdcConfig config, List<ConfigValue> values) {
        try {
            config.generations();
        } catch (ConfigException e) {
            error(values, CdcConfig.GENERATIONS, String.valueOf(e.getMessage()));
        }
        String table = config.getString(SIGNAL_TABLE).strip();
        if (!table.isEmpty() && !TABLE.matcher(table).matches()) {
            error(values, SIGNAL_TABLE, "not a table: give schema.table as the catalog spells it");
        }
        if (config.getList(SignalKeys.CHANNELS).contains("kafka")
                && config.getString(SignalKeys.SERVERS).isEmpty()) {
            error(values, SignalKeys.SERVERS, "has to be set when signal.enabled.channels has kafka");
        }
        if (config.getList(NOTICE_CHANNELS).contains("sink")
                && config.getString(NOTICE_TOPIC).isEmpty()) {
            error(values, NOTICE_TOPIC, "has to be set when notification.enabled.channels has sink");
        }
    }

    private static void error(List<ConfigValue> values, String key, String message) {
        for (ConfigValue value : values) {
            if (value.name().equals(key)) {
                value.addErrorMessage(key + ": " + message);
            }
        }
    }
}
