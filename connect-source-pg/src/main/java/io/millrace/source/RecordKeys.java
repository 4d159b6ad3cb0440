package io.millrace.source;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;

import io.millrace.core.ConfigGroup;
import io.millrace.core.TableIndex;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.SourceIndexes;
import io.millrace.source.catalog.TableId;
import io.millrace.source.codec.CodecOptions;
import io.millrace.source.record.NameAdjustment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;

/** Configuration keys of the records, and of the pace at which they are made. */
final class RecordKeys {
    static final Pattern TOPIC_PREFIX = Pattern.compile("[a-zA-Z0-9._\\-]+");

    private RecordKeys() {}

    static void records(ConfigDef def) {
        new ConfigGroup(def, "Records")
                .required(
                        "topic.prefix",
                        Type.STRING,
                        SourceKeys.matching(TOPIC_PREFIX, "letters, digits, dots, underscores and hyphens"),
                        HIGH,
                        "Name of this mirror: the first part of its topics and of its stored position. Do not change it while the mirror runs.")
                .optional(
                        "message.key.columns",
                        Type.STRING,
                        "",
                        MEDIUM,
                        "Keys of records other than the table's own, as table:column,column;table:column with regular expressions for tables (schema.table) and columns. The columns must belong to the table's replica identity, or a delete would have no key: REPLICA IDENTITY FULL has all.")
                .optional(
                        "tombstones.on.delete",
                        Type.BOOLEAN,
                        true,
                        MEDIUM,
                        "Whether a delete is followed by a tombstone, which a compacted topic needs.")
                .optional(
                        "skipped.operations",
                        Type.LIST,
                        List.of("none"),
                        ConfigDef.ValidList.in("c", "u", "d", "t", "none"),
                        LOW,
                        "Operations to leave out: c, u, d, t, or none. Unlike Debezium, truncates are not left out by default.");
    }

    /** For converters that do not take every name, as Avro's. */
    static void names(ConfigDef def) {
        ConfigGroup group = new ConfigGroup(def, "Names");
        for (String of : List.of("schema", "field")) {
            group.optional(
                    of + ".name.adjustment.mode",
                    Type.STRING,
                    "none",
                    ValidString.in("none", "avro", "avro_unicode"),
                    LOW,
                    "How names of " + of
                            + "s are made fit for Avro: none leaves them; avro replaces each character that Avro does not take by an underscore; avro_unicode by an underscore, u and its code, which keeps names apart."
                            + (of.equals("field") ? " A sink then sees, and makes, columns by the new names." : ""));
        }
    }

    static NameAdjustment adjustment(AbstractConfig config) {
        return NameAdjustment.of(
                config.getString("schema.name.adjustment.mode"), config.getString("field.name.adjustment.mode"));
    }

    static void beside(ConfigDef def) {
        new ConfigGroup(def, "Records beside the rows")
                .optional(
                        "provide.transaction.metadata",
                        Type.BOOLEAN,
                        false,
                        LOW,
                        "Whether each event tells its place in its transaction, and the beginning and end of transactions go to the topic topic.prefix.topic.transaction.")
                .optional(
                        "topic.transaction",
                        Type.STRING,
                        "transaction",
                        SourceKeys.matching(TOPIC_PREFIX, "letters, digits, dots, underscores and hyphens"),
                        LOW,
                        "The last part of the name of the topic of transaction metadata.")
                .optional(
                        "message.prefix.include.list",
                        Type.LIST,
                        List.of(),
                        LOW,
                        "Prefixes of the logical messages (pg_logical_emit_message) to carry, to the topic topic.prefix.message; all by default. A comma-separated list of regular expressions, each matched against the whole prefix without regard to case.")
                .optional(
                        "message.prefix.exclude.list",
                        Type.LIST,
                        List.of(),
                        LOW,
                        "Prefixes of the logical messages not to carry; not together with message.prefix.include.list.");
    }

    /** @param config has the keys of {@link #types} */
    static CodecOptions codecOptions(AbstractConfig config) {
        Map<String, String> options = new HashMap<>(config.originalsStrings());
        boolean propagate = !config.getList("column.propagate.source.type").isEmpty();
        options.put("column.propagate.source.type.enabled", String.valueOf(propagate));
        return CodecOptions.from(options);
    }

    /**
     * What is told of the indexes of tables.
     *
     * @param config has the keys of {@link #types}
     */
    static Function<TableId, List<TableIndex>> indexes(AbstractConfig config, Database database) {
        return config.getBoolean(SourceIndexes.KEY)
                ? new SourceIndexes(database, "millrace indexes")::of
                : table -> List.of();
    }

    static void types(ConfigDef def) {
        new ConfigGroup(def, "Types")
                .optional(
                        "decimal.handling.mode",
                        Type.STRING,
                        "precise",
                        ValidString.in("precise", "double", "string"),
                        MEDIUM,
                        "numeric as Connect decimals, doubles (inexact) or strings.")
                .optional(
                        "time.precision.mode",
                        Type.STRING,
                        "adaptive",
                        ValidString.in(
                                "adaptive",
                                "adaptive_time_microseconds",
                                "connect",
                                "isostring",
                                "microseconds",
                                "nanoseconds"),
                        MEDIUM,
                        "Which types carry dates and times.")
                .optional(
                        "interval.handling.mode",
                        Type.STRING,
                        "string",
                        ValidString.in("string", "numeric"),
                        LOW,
                        "interval as ISO 8601 text, which is exact, or as microseconds with months of 30.4 days. Debezium's default is numeric.")
                .optional(
                        "binary.handling.mode",
                        Type.STRING,
                        "bytes",
                        ValidString.in("bytes", "base64", "base64-url-safe", "hex"),
                        LOW,
                        "bytea as bytes or as text.")
                .optional(
                        "hstore.handling.mode",
                        Type.STRING,
                        "json",
                        ValidString.in("json", "map"),
                        LOW,
                        "hstore as JSON text or as a map.")
                .optional(
                        "include.unknown.datatypes",
                        Type.BOOLEAN,
                        true,
                        LOW,
                        "Whether types that nothing here knows are carried, as text. Debezium drops such columns by default.")
                .optional(
                        "unavailable.value.placeholder",
                        Type.STRING,
                        "__debezium_unavailable_value",
                        LOW,
                        "Stands for an unchanged TOAST value that the WAL does not have. REPLICA IDENTITY FULL avoids it.")
                .optional(
                        "column.propagate.source.type",
                        Type.LIST,
                        List.of(".*"),
                        LOW,
                        "Columns whose source type is written into the schema, from which sinks make exact types: all by default.")
                .optional(
                        SourceIndexes.KEY,
                        Type.BOOLEAN,
                        false,
                        LOW,
                        "Whether the schema of a table's rows tells the indexes that the table has beside its primary key, from which the Postgres sink makes them with auto.create.indexes. Told are columns with order, access method (btree, hash, gin, gist, spgist, brin), operator class and INCLUDE; indexes with an expression, a condition or a collation of their own are left out and named in the log. A schema tells them as they were when it was made.");
    }

    static void tuning(ConfigDef def) {
        pace(def)
                .optional(
                        "slot.creation.timeout.ms",
                        Type.LONG,
                        60_000L,
                        atLeast(1000),
                        LOW,
                        "Most milliseconds to wait for the slot to be made: the server waits for every transaction that is open then.");
    }

    /** What every source has of it. */
    static ConfigGroup pace(ConfigDef def) {
        return new ConfigGroup(def, "Tuning")
                .optional("max.batch.size", Type.INT, 2048, atLeast(1), LOW, "Most records that one poll returns.")
                .optional(
                        "max.queue.size.in.bytes",
                        Type.LONG,
                        16L << 20,
                        atLeast(1L << 16),
                        MEDIUM,
                        "Most bytes of heap, about, that records take which a task has read ahead of Connect.")
                .optional(
                        "poll.interval.ms",
                        Type.LONG,
                        500L,
                        atLeast(1),
                        LOW,
                        "Most milliseconds that a poll waits for data. Data that is there is never waited for.")
                .optional(
                        "retriable.restart.connector.wait.ms",
                        Type.LONG,
                        10_000L,
                        atLeast(100),
                        LOW,
                        "Most milliseconds between attempts to reach the source after the connection is lost.")
                .optional(
                        "errors.max.retries",
                        Type.INT,
                        -1,
                        atLeast(-1),
                        LOW,
                        "Attempts to reach the source before the task fails; -1 for ever.");
    }
}
