package io.millrace.source;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;

import io.millrace.core.ConfigGroup;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;

/** Configuration keys of mirrors by query. */
final class QueryKeys {
    static final String MIRRORS = "mirrors";

    private QueryKeys() {}

    /** What is the connector's, whichever mirrors it has. */
    static void connector(ConfigDef def) {
        new ConfigGroup(def, "Mirrors")
                .optional(
                        MIRRORS,
                        Type.LIST,
                        List.of(),
                        HIGH,
                        "Names of the mirrors, when the connector has several; they are spread over its tasks. What is set by a plain key is every mirror's; mirrors.NAME.KEY sets it for one. Without this list the connector has one mirror, named after its table.")
                .optional(
                        "snapshot.tables.in.parallel",
                        Type.INT,
                        4,
                        atLeast(1),
                        MEDIUM,
                        "Mirrors of a task that are read at once. With snapshot.max.parallel.workers it bounds the task's sessions on the source; one more holds the locks that show other connectors which mirrors are taken.");
        new ConfigGroup(def, "Records")
                .required(
                        "topic.prefix",
                        Type.STRING,
                        SourceKeys.matching(RecordKeys.TOPIC_PREFIX, "letters, digits, dots, underscores and hyphens"),
                        HIGH,
                        "The first part of the topics' names and of the stored positions. Do not change it while the mirrors run.");
    }

    static void what(ConfigDef def) {
        new ConfigGroup(def, "What is read")
                .optional(
                        "table",
                        Type.STRING,
                        "",
                        HIGH,
                        "The table, view, materialised view or foreign table to read, as schema.table. With a query: the name under which its rows appear; watermark.table unless set.")
                .optional(
                        "query",
                        Type.STRING,
                        "",
                        HIGH,
                        "A query to read instead of a table. In mode=incremental it holds {{.start}} and {{.end}}, both inclusive, as in: SELECT ... WHERE o.updated_at BETWEEN {{.start}} AND {{.end}}. They become literals of the watermark column's type: write no quotes around them.")
                .optional(
                        "mode",
                        Type.STRING,
                        "incremental",
                        ValidString.in("incremental", "full"),
                        HIGH,
                        "incremental reads what is new by watermark.column; full reads everything at each refresh, as a generation with a manifest for sinks with insert.mode=overwrite, and nothing when nothing has changed.")
                .optional(
                        "row.filter",
                        Type.STRING,
                        "",
                        MEDIUM,
                        "A condition in SQL on the rows to read, as behind WHERE; it may look into other tables by EXISTS or IN.")
                .optional(
                        "column.exclude.list",
                        Type.LIST,
                        List.of(),
                        MEDIUM,
                        "Columns to leave out: regular expressions, each matched against the whole of schema.table.column without regard to case. Key columns cannot be left out.")
                .optional(
                        "message.key.columns",
                        Type.STRING,
                        "",
                        MEDIUM,
                        "Keys of records, by which a sink upserts, as table:column,column;table:column with regular expressions for tables (schema.table) and columns. A table's own key unless set; a query or a view has none unless set.")
                .optional(
                        "change.detection",
                        Type.STRING,
                        "statistics",
                        ValidString.in("statistics", "hash", "none"),
                        MEDIUM,
                        "How mode=full finds out that nothing changed: statistics compares the server's counters, the files and the columns, which costs nothing and works for tables and materialised views on a primary; hash has the server sum up all rows, which works for views, queries, foreign tables and standbys too; none copies at each refresh, as does statistics where there are none. A server counts what a session changed when that is idle, at most ten seconds after the commit, or when its next transaction is over; one before Postgres 15 may count much later, so statistics is hash there.")
                .optional(
                        "change.detection.trust.ms",
                        Type.LONG,
                        86_400_000L,
                        atLeast(0),
                        LOW,
                        "Milliseconds after which mode=full copies even where nothing seems to have changed; 0 for never. Bounds how long a change can stay unseen that the server has not counted, as where a superuser's session has set track_counts off.");
    }

    static void watermark(ConfigDef def) {
        new ConfigGroup(def, "Watermark")
                .optional(
                        "watermark.table",
                        Type.STRING,
                        "",
                        MEDIUM,
                        "The table that has watermark.column, as schema.table, when a query is read; table unless set.")
                .optional(
                        "watermark.column",
                        Type.STRING,
                        "",
                        HIGH,
                        "The column by which new rows are found: an integer, timestamp, timestamptz, date or uuid (version 7) whose values rise, or xmin for the system column of a table without such a column. By xmin each refresh reads the whole table where it changed, deletes are not seen, and some rows come twice. Dates are read when their day is over.")
                .optional(
                        "watermark.start",
                        Type.STRING,
                        "",
                        MEDIUM,
                        "Where the first run begins: a value of the watermark column, now, or target for the highest value in the target table, whose rows are read again as the target may not have all of them (without a key: for what lies above it); from the beginning unless set.")
                .optional(
                        "watermark.boundary",
                        Type.LONG,
                        null,
                        MEDIUM,
                        "How far a run stays behind the present: milliseconds, or values for an integer column. Not needed where the role can see which transactions are open (pg_read_all_stats, or a superuser, on a primary): a run then ends before the first value that one of them may still bring. Has to be set elsewhere, and then covers only transactions that are shorter.")
                .optional(
                        "watermark.timezone",
                        Type.STRING,
                        "",
                        MEDIUM,
                        "The time zone in which a timestamp without time zone or a date is written (TimeZone of those who write), such as Europe/Berlin or UTC. Has to be set for these types: it decides what is read while the clock is put back.")
                .optional(
                        "watermark.late.rows",
                        Type.STRING,
                        "auto",
                        ValidString.in("auto", "redeliver", "ignore"),
                        MEDIUM,
                        "What happens to rows that come with a watermark of the past, as from sequences with a cache or from clocks of clients: redeliver looks for them by xmin, with a scan, and reads again what else changed since the last look; auto does so when the column's default is not one by which the server gives out rising values, and records have a key; ignore does not. Where they are looked for, or auto has a key, two things more are read again: what changed since, when the source has gone back behind what was read (a clock that was set back, values that began anew), and everything up to there when the server was promoted or is another one. Without a key that is a warning in the log, and auto needs watermark.boundary or a key unless the server gives out the values.")
                .optional(
                        "watermark.late.rows.interval.ms",
                        Type.LONG,
                        600_000L,
                        atLeast(0),
                        LOW,
                        "Milliseconds between two looks for such rows.")
                .optional(
                        "repeats.accepted",
                        Type.BOOLEAN,
                        false,
                        LOW,
                        "Whether rows may come twice though they have no key to be upserted by: lets xmin be used for a table without a key.");
    }

    static void runs(ConfigDef def) {
        new ConfigGroup(def, "Runs")
                .optional(
                        "refresh.interval.ms",
                        Type.LONG,
                        10_000L,
                        atLeast(1),
                        HIGH,
                        "Milliseconds from the beginning of one run to that of the next. A run that takes longer is reported, and followed by the next at once.")
                .optional(
                        "rows.per.partition",
                        Type.INT,
                        500_000,
                        atLeast(1),
                        MEDIUM,
                        "Rows a range, about; also the most that each session reads again after a crash.")
                .optional(
                        "snapshot.max.parallel.workers",
                        Type.INT,
                        4,
                        atLeast(1),
                        MEDIUM,
                        "Sessions that read one mirror at once, in one snapshot.")
                .optional(
                        "max.rows.per.refresh",
                        Type.LONG,
                        0L,
                        atLeast(0),
                        MEDIUM,
                        "Most rows that one run reads, and those with the same watermark as the last; 0 for no limit. Not with initial.copy.only, which would leave out the rest.")
                .optional(
                        "initial.copy.only",
                        Type.BOOLEAN,
                        false,
                        MEDIUM,
                        "Whether the mirror ends with its first run. What signals ask for is still read.");
    }

    static void signals(ConfigDef def) {
        SignalKeys.topic(
                new ConfigGroup(def, "Signals")
                        .optional(
                                SignalKeys.CHANNELS,
                                Type.LIST,
                                List.of(),
                                ConfigDef.ValidList.in("kafka"),
                                LOW,
                                "Where signals come from: kafka for the records of signal.kafka.topic, or nowhere. execute-snapshot, in Debezium's format, reads mirrors again; with \"start\" and \"end\" in its data only that range of the watermark. Followed is what is sent after a mirror's first start, also while it is down; it waits for the end of the first run. A signal with a filter, or with a range that is none of the watermark's values, is refused with an error in the log."));
    }

    static void target(ConfigDef def) {
        new ConfigGroup(def, "Target, for watermark.start=target")
                .optional(
                        "target.connection.url",
                        Type.STRING,
                        "",
                        LOW,
                        "The Postgres database that holds the mirrored rows, as jdbc:postgresql://host:port/database.")
                .optional("target.connection.username", Type.STRING, "", LOW, "Role to connect to it as.")
                .optional("target.connection.password", Type.PASSWORD, "", LOW, "The role's password.")
                .optional("target.table", Type.STRING, "", LOW, "The target table as schema.table; table unless set.");
    }
}
