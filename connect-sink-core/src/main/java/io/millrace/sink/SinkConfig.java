package io.millrace.sink;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;

/** The keys that every sink has. {@link SinkSettings} reads them. */
public final class SinkConfig {
    public static final String INSERT_MODE = "insert.mode";
    public static final String DELETE_MODE = "delete.mode";
    public static final String TRUNCATE_MODE = "truncate.mode";
    public static final String COLUMNS_PRESET = "columns.preset";
    public static final String SOFT_DELETE_COLUMN = "soft.delete.column";
    public static final String DELETED_AT_COLUMN = "deleted.at.column";
    public static final String SYNCED_AT_COLUMN = "synced.at.column";
    public static final String PRIMARY_KEY_MODE = "primary.key.mode";
    public static final String PRIMARY_KEY_FIELDS = "primary.key.fields";
    public static final String AUTO_CREATE = "auto.create";
    public static final String SCHEMA_EVOLUTION = "schema.evolution";
    public static final String TABLE_NAME_FORMAT = "table.name.format";
    public static final String TABLE_MAP = "table.map";
    public static final String MAX_BATCH_SIZE = "max.batch.size";
    public static final String SYNC_INTERVAL_MS = "sync.interval.ms";
    public static final String BUFFER_MAX_BYTES = "buffer.max.bytes";
    public static final String FLUSH_TIMEOUT_MS = "flush.timeout.ms";
    public static final String OVERWRITE_TIMEOUT_MS = "overwrite.timeout.ms";
    public static final String LEDGER_ID = "ledger.id";
    public static final String LEDGER_MISSING = "ledger.missing";
    public static final String PLACEHOLDER = "unavailable.value.placeholder";
    public static final String APPEND_OPERATION_COLUMN = "append.operation.column";
    public static final String APPEND_LSN_COLUMN = "append.lsn.column";
    public static final String APPEND_TIME_COLUMN = "append.time.column";
    public static final String APPEND_UNCHANGED_COLUMN = "append.unchanged.column";

    /** A key of those targets only that have views; see {@link #defineLayout}. */
    public static final String TABLE_LAYOUT = "table.layout";

    static final String LOG_AND_VIEW = "log+view";
    public static final String TABLE_ERROR_POLICY = "table.error.policy";
    public static final String TABLES_PAUSED = "tables.paused";
    public static final String TABLES_DROPPED = "tables.dropped";
    public static final String TABLES_RESYNC = "tables.resync";
    public static final String PARTITIONS_ADDED = "partitions.added";
    public static final String DRY_RUN = "dry.run";

    static final String DEFAULT_FORMAT = "${source.schema}.${source.table}";

    private SinkConfig() {}

    /** Adds the keys to a connector's own. */
    public static ConfigDef define(ConfigDef def) {
        writing(def);
        keys(def);
        naming(def);
        flushing(def);
        ledger(def);
        append(def);
        OperatorConfig.define(def);
        Aliases.define(def);
        return def;
    }

    /** Adds {@link #TABLE_LAYOUT}. */
    public static void defineLayout(ConfigDef def) {
        def.define(
                TABLE_LAYOUT,
                Type.STRING,
                "table",
                Choice.of("table", LOG_AND_VIEW),
                Importance.MEDIUM,
                "What upsert mode keeps. <code>table</code>: a table with the current rows."
                        + " <code>log+view</code>: every change is appended to a log, which is named after the table with <code>_log</code> behind it and has the columns of append mode; a view of the table's name shows the current rows."
                        + " Writing costs least that way and the log is the table's whole history; reading costs more the longer it is.",
                "Writing",
                4,
                Width.SHORT,
                "Table layout");
    }

    private static void writing(ConfigDef def) {
        String group = "Writing";
        def.define(
                INSERT_MODE,
                Type.STRING,
                "upsert",
                Choice.of("upsert", "append", "overwrite")
                        .aliases("insert")
                        .refusing(
                                "update",
                                "update alone would lose rows that the target lacks: use upsert, which inserts them"),
                Importance.HIGH,
                "What a change does to the target. <code>upsert</code>: one row a key, inserted or overwritten."
                        + " <code>append</code> (alias <code>insert</code>): every change becomes a row, deletes included, with columns for the operation, the log position and the time."
                        + " <code>overwrite</code>: whole copies of a table replace what was there, each when all of it has arrived; add the source's manifest topic, <code>__millrace-manifest.</code> and its topic.prefix, to the sink's topics.",
                group,
                1,
                Width.SHORT,
                "Insert mode");
        def.define(
                DELETE_MODE,
                Type.STRING,
                "hard",
                Choice.of("hard", "soft", "ignore"),
                Importance.HIGH,
                "What a delete does in upsert mode. <code>hard</code>: deletes the row. <code>soft</code>: sets <code>soft.delete.column</code> and keeps the last values."
                        + " <code>ignore</code>: nothing.",
                group,
                2,
                Width.SHORT,
                "Delete mode");
        def.define(
                TRUNCATE_MODE,
                Type.STRING,
                "apply",
                Choice.of("apply", "fail", "ignore"),
                Importance.LOW,
                "What a truncate event does in upsert mode. <code>apply</code>: empties the table, in order with the other changes; refused where the topic has several partitions,"
                        + " since nothing orders them. <code>fail</code>: stops the task. <code>ignore</code>: nothing.",
                group,
                3,
                Width.SHORT,
                "Truncate mode");
        def.define(
                COLUMNS_PRESET,
                Type.STRING,
                "none",
                Choice.of("none", "peerdb"),
                Importance.LOW,
                "Names of the columns that the sink adds, as another tool has them, for those that are not set. <code>peerdb</code>: <code>soft.delete.column=_PEERDB_IS_DELETED</code> and"
                        + " <code>synced.at.column=_PEERDB_SYNCED_AT</code>.");
        text(
                def,
                SOFT_DELETE_COLUMN,
                "__deleted",
                "BOOLEAN column that <code>delete.mode=soft</code> sets when the source deletes the row, and clears when it is inserted again."
                        + " PeerDB's name is <code>_PEERDB_IS_DELETED</code>.");
        text(
                def,
                DELETED_AT_COLUMN,
                "",
                "TIMESTAMP WITH TIME ZONE column that <code>delete.mode=soft</code> fills with the time of the delete in the source. Empty: none.");
        text(
                def,
                SYNCED_AT_COLUMN,
                "",
                "TIMESTAMP WITH TIME ZONE column that is set to the time of the target's transaction whenever a row is written. Empty: none. PeerDB's name is <code>_PEERDB_SYNCED_AT</code>.");
    }

    private static void keys(ConfigDef def) {
        def.define(
                PRIMARY_KEY_MODE,
                Type.STRING,
                "record_key",
                Choice.of("record_key", "record_value", "none")
                        .refusing(
                                "kafka",
                                "exactly-once needs no such key: use none with insert.mode=append, and the transformation InsertField for columns with topic, partition and offset")
                        .refusing(
                                "record_header",
                                "Kafka does not order records by a header: use record_key, or record_value after HeaderFrom"),
                Importance.HIGH,
                "Where the target's key comes from. <code>record_key</code>: the record's key, or the fields of it that <code>primary.key.fields</code> names."
                        + " <code>record_value</code>: the fields of the row that <code>primary.key.fields</code> names. <code>none</code>: no key, with insert.mode=append only.");
        def.define(
                PRIMARY_KEY_FIELDS,
                Type.LIST,
                List.of(),
                Importance.MEDIUM,
                "Names of the key's columns; see <code>primary.key.mode</code>. For a record key that is a single value, the one name of its column.");
    }

    private static void naming(ConfigDef def) {
        def.define(
                TABLE_NAME_FORMAT,
                Type.STRING,
                DEFAULT_FORMAT,
                new TableNames.Template(),
                Importance.MEDIUM,
                "Template for the target table. <code>${source.schema}</code>, <code>${source.table}</code> and <code>${source.db}</code> come from the change's source block"
                        + " or, for flat rows, from a topic named prefix.schema.table; <code>${topic}</code> is the topic with dots as underscores. A dot in the template parts schema and table; names are taken literally, case included.");
        def.define(
                TABLE_MAP,
                Type.LIST,
                List.of(),
                new TableNames.Mapping(),
                Importance.MEDIUM,
                "Exceptions from the template, as a list of <code>source:target</code>: a source table as schema.table, or a topic, then a target table. Example: <code>public.orders:sales.orders_copy</code>.");
        def.define(
                AUTO_CREATE,
                Type.BOOLEAN,
                true,
                Importance.MEDIUM,
                "Create a table that is missing, with the source's types and key, before its first row.");
        def.define(
                SCHEMA_EVOLUTION,
                Type.STRING,
                "add-and-widen",
                Choice.of("none", "add", "add-and-widen", "fail").aliases("basic"),
                Importance.MEDIUM,
                "What to do about a column that an existing table lacks or holds in a narrower type. <code>none</code>: leave the table and ignore the column, with a warning."
                        + " <code>add</code> (alias <code>basic</code>): add columns. <code>add-and-widen</code>: also widen types where every value stays as it is. <code>fail</code>: stop the task. Columns are never dropped.");
        def.define(
                PLACEHOLDER,
                Type.STRING,
                "__debezium_unavailable_value",
                Importance.LOW,
                "The source's placeholder for values that it did not send because they had not changed. Columns that hold it keep their values.");
    }

    private static void flushing(ConfigDef def) {
        def.define(
                MAX_BATCH_SIZE,
                Type.INT,
                50_000,
                ConfigDef.Range.between(1, 10_000_000),
                Importance.MEDIUM,
                "Flush when this many changes are buffered.");
        def.define(
                SYNC_INTERVAL_MS,
                Type.LONG,
                500L,
                ConfigDef.Range.atLeast(0),
                Importance.MEDIUM,
                "Flush when the oldest buffered change has waited this long, in milliseconds.");
        def.define(
                BUFFER_MAX_BYTES,
                Type.LONG,
                32L * 1024 * 1024,
                ConfigDef.Range.atLeast(64 * 1024),
                Importance.MEDIUM,
                "Heap that a task's buffers may take, in bytes, whatever the number of tables. Half of it fills while the other half is written.");
        def.define(
                FLUSH_TIMEOUT_MS,
                Type.LONG,
                240_000L,
                ConfigDef.Range.between(1000, Integer.MAX_VALUE),
                Importance.LOW,
                "Fail the task when a flush has not ended after this time, in milliseconds, or when each was rolled back for so long though the target can be reached. So long, too, waits a table that another session has locked, while the others go on: then the task fails, or with <code>table.error.policy=park</code> the table is parked."
                        + " Keep it below the consumer's <code>max.poll.interval.ms</code>.");
        def.define(
                OVERWRITE_TIMEOUT_MS,
                Type.LONG,
                14_400_000L,
                ConfigDef.Range.between(1000, Integer.MAX_VALUE),
                Importance.LOW,
                "Fail the task when tables that whole copies replace, with <code>insert.mode=overwrite</code>, have not been replaced after this time, in milliseconds. It does not count against <code>flush.timeout.ms</code>; meanwhile nothing more is read. A table that another task is replacing is waited for as long, while the other tables go on.");
    }

    private static void ledger(ConfigDef def) {
        text(
                def,
                LEDGER_ID,
                "",
                "Name under which the target remembers what it has applied. Empty: the connector's name. Set it to the old name after renaming a connector.");
        def.define(
                LEDGER_MISSING,
                Type.STRING,
                "fail",
                Choice.of("fail", "earliest", "group"),
                Importance.MEDIUM,
                "What to do when the target has no ledger row for a partition although the consumer group has read it before, as after the ledger was dropped. <code>fail</code>: stop and say so;"
                        + " a new connector, which has read nothing yet, starts at the beginning. <code>earliest</code>: read the partition from its beginning. <code>group</code>: go on where the consumer group is.");
    }

    private static void append(ConfigDef def) {
        text(
                def,
                APPEND_OPERATION_COLUMN,
                "__op",
                "Text column that append mode adds for the operation: c, u, d, r (snapshot) or t (truncate).");
        text(
                def,
                APPEND_LSN_COLUMN,
                "__lsn",
                "BIGINT column that append mode adds for the source's log position; NULL for sources without one.");
        text(
                def,
                APPEND_TIME_COLUMN,
                "__source_ts",
                "TIMESTAMP WITH TIME ZONE column that append mode adds for the time of the source's commit.");
        text(
                def,
                APPEND_UNCHANGED_COLUMN,
                "__unchanged",
                "Text array column that append mode adds for the names of columns whose values the source did not send because they had not changed.");
    }

    private static void text(ConfigDef def, String name, String value, String documentation) {
        def.define(name, Type.STRING, value, Importance.LOW, documentation);
    }
}
