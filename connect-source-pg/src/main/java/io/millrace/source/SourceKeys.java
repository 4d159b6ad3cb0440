package io.millrace.source;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;
import static org.apache.kafka.common.config.ConfigDef.Range.between;

import io.millrace.core.ConfigGroup;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.OpenSessions;
import io.millrace.source.snapshot.PartitionKeys;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** Configuration keys of the source: how to reach it and what is read from it. */
final class SourceKeys {
    private static final Pattern SLOT_NAME = Pattern.compile("[a-z0-9_]{1,63}");

    private SourceKeys() {}

    static final String REPLICATING_ROLE =
            "Role to connect as. It needs REPLICATION (or the managed service's equivalent), CONNECT on the database, USAGE on the schemas and SELECT on the captured tables.";

    /** @param role what the documentation says of the role */
    static void connection(ConfigDef def, String role) {
        new ConfigGroup(def, "Connection")
                .required(
                        "database.hostname",
                        Type.STRING,
                        notEmpty(),
                        HIGH,
                        "Host of the source database; or several between commas, each with a port where it is not database.port, as db1:5432,db2:5433: the one that is the primary is used, which after a failover is another.")
                .optional("database.port", Type.INT, 5432, between(1, 65535), HIGH, "Port of the source database.")
                .required("database.user", Type.STRING, notEmpty(), HIGH, role)
                .optional(
                        "database.password",
                        Type.PASSWORD,
                        "",
                        HIGH,
                        "The role's password. Use a config provider rather than plain text.")
                .required("database.dbname", Type.STRING, notEmpty(), HIGH, "The source database.")
                .optional(
                        "database.sslmode",
                        Type.STRING,
                        "prefer",
                        ValidString.in("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
                        MEDIUM,
                        "TLS to the source, as libpq has it. Use verify-full across networks.")
                .optional(
                        "database.sslrootcert",
                        Type.STRING,
                        null,
                        MEDIUM,
                        "File with the certificate authorities that the server's certificate is checked against.")
                .optional("database.sslcert", Type.STRING, null, LOW, "File with the client's certificate.")
                .optional("database.sslkey", Type.STRING, null, LOW, "File with the client certificate's key.")
                .optional(
                        "database.query.timeout.ms",
                        Type.LONG,
                        60_000L,
                        atLeast(1000L),
                        LOW,
                        "Milliseconds after which a server that does not answer a short question, or a log-in, is taken for lost: the connection is given up, and tried again. Copies and the making of the slot take as long as they take.")
                .optional(
                        "database.sslpassword", Type.PASSWORD, null, LOW, "Password of the client certificate's key.");
    }

    /** @param config has the keys of {@link #connection} */
    static Database database(AbstractConfig config) {
        Map<String, String> options = new HashMap<>();
        for (String key : List.of("sslmode", "sslrootcert", "sslcert", "sslkey")) {
            @Nullable String value = config.getString("database." + key);
            if (value != null) {
                options.put(key, value);
            }
        }
        if (config.getPassword("database.sslpassword") != null) {
            options.put(
                    "sslpassword", config.getPassword("database.sslpassword").value());
        }
        return new Database(
                config.getString("database.hostname"),
                config.getInt("database.port"),
                config.getString("database.dbname"),
                config.getString("database.user"),
                config.getPassword("database.password").value(),
                options,
                (int) Math.min(Integer.MAX_VALUE, config.getLong("database.query.timeout.ms")),
                new OpenSessions());
    }

    static void capture(ConfigDef def) {
        String lists =
                " A comma-separated list of regular expressions, each matched against the whole name without regard to case.";
        new ConfigGroup(def, "What is captured")
                .optional(
                        "schema.include.list",
                        Type.LIST,
                        List.of(),
                        MEDIUM,
                        "Schemas to capture; all but the system's by default." + lists)
                .optional(
                        "schema.exclude.list",
                        Type.LIST,
                        List.of(),
                        MEDIUM,
                        "Schemas not to capture; not together with schema.include.list." + lists)
                .optional(
                        "table.include.list",
                        Type.LIST,
                        List.of(),
                        HIGH,
                        "Tables to capture as schema.table; all by default. A view, a materialised view or a foreign table that stands here by its own name, not by an expression that others fit as well, is copied once by the initial copy, whole or by snapshot.partition.key, and never streamed."
                                + lists)
                .optional(
                        "table.exclude.list",
                        Type.LIST,
                        List.of(),
                        MEDIUM,
                        "Tables not to capture; not together with table.include.list." + lists)
                .optional(
                        "column.include.list",
                        Type.LIST,
                        List.of(),
                        LOW,
                        "Columns to carry as schema.table.column; all by default. Key columns cannot be left out."
                                + lists)
                .optional(
                        "column.exclude.list",
                        Type.LIST,
                        List.of(),
                        MEDIUM,
                        "Columns to leave out as schema.table.column. Key columns cannot be left out." + lists);
    }

    static void replication(ConfigDef def) {
        new ConfigGroup(def, "Replication")
                .optional(
                        "slot.name",
                        Type.STRING,
                        "debezium",
                        matching(SLOT_NAME, "a slot's name: lower-case letters, digits and underscores, at most 63"),
                        HIGH,
                        "The logical replication slot. Made when it does not exist; one slot serves one connector.")
                .optional(
                        "publication.name",
                        Type.STRING,
                        "dbz_publication",
                        notEmpty(),
                        HIGH,
                        "The publication that says which tables the slot decodes.")
                .optional(
                        "publication.autocreate.mode",
                        Type.STRING,
                        "filtered",
                        ValidString.in("disabled", "filtered", "all_tables", "no_tables"),
                        MEDIUM,
                        "What to do about the publication: filtered makes it for the captured tables and adds tables that are missing; all_tables makes it for all tables (needs a superuser); no_tables makes it empty; disabled refuses to start without it.")
                .optional(
                        "status.update.interval.ms",
                        Type.INT,
                        10_000,
                        atLeast(100),
                        LOW,
                        "Milliseconds between status messages to the server, which carry the confirmed position.")
                .optional(
                        "heartbeat.interval.ms",
                        Type.INT,
                        10_000,
                        atLeast(0),
                        MEDIUM,
                        "Milliseconds between heartbeat records while the captured tables are idle. They carry the position forward, so that a quiet mirror does not hold back WAL on a busy server. 0 turns them off.")
                .optional(
                        "heartbeat.topics.prefix",
                        Type.STRING,
                        "__debezium-heartbeat",
                        LOW,
                        "Heartbeats go to the topic with this prefix, a dot and topic.prefix.");
    }

    static void snapshot(ConfigDef def) {
        new ConfigGroup(def, "Initial copy")
                .optional(
                        "snapshot.mode",
                        Type.STRING,
                        "initial",
                        ValidString.in("initial", "initial_only", "no_data", "never"),
                        HIGH,
                        "initial copies the captured tables, then streams; initial_only copies and stops there, without a slot; no_data (and its old name never) only streams, from the slot's point on.")
                .optional(
                        "snapshot.rows.per.partition",
                        Type.INT,
                        500_000,
                        atLeast(1000),
                        MEDIUM,
                        "Rows a chunk, about: a chunk is a range of blocks, sized by the planner's estimate of the rows in a block. Also the most that is read again after a crash, for each task. Changed in the middle of a copy it holds for tables that were not begun; so does snapshot.partition.key.")
                .optional(
                        PartitionKeys.KEY,
                        Type.STRING,
                        "",
                        LOW,
                        "Tables whose chunks are ranges of a column instead of ranges of blocks, as table:column;table:column, the table a regular expression for schema.table. Rows without a value are a chunk of their own. For a column with an index; without one each chunk reads the whole table. Blocks are faster where nothing speaks for the column. Where it belongs to the table's key, no part of which can be NULL, and the replica identity has the key, the copy goes on where it was even when every session that held its snapshot is gone.")
                .optional(
                        "snapshot.max.parallel.workers",
                        Type.INT,
                        4,
                        atLeast(1),
                        MEDIUM,
                        "Sessions that read one table at once, in the whole cluster. With snapshot.tables.in.parallel it bounds the copy's sessions on the source; tasks beyond the bound wait.")
                .optional(
                        "snapshot.tables.in.parallel",
                        Type.INT,
                        4,
                        atLeast(1),
                        MEDIUM,
                        "Tables that are read at once, in the whole cluster.")
                .optional(
                        "snapshot.ddl.handling.mode",
                        Type.STRING,
                        "wait",
                        ValidString.in("wait", "yield"),
                        LOW,
                        "What happens to DDL that waits for a table while a task reads it, which needs ACCESS SHARE until the task has read its part of the table: wait lets it wait and reports it in the log; yield lets it through after the chunk at hand, and copies the table again from a new snapshot where the DDL rewrote it.")
                .optional(
                        CdcConfig.GENERATIONS,
                        Type.STRING,
                        "auto",
                        ValidString.in("auto", "on", "off"),
                        MEDIUM,
                        "Whether each table of the initial copy is told as a generation, so that a sink with insert.mode=overwrite can put it in place of what was there: its rows carry the header millrace.generation, and the topic __millrace-manifest. with topic.prefix tells when it begins and when all of it is there. auto: with snapshot.mode=initial_only. Not with exactly.once.support=required: a chunk that a crash interrupts is read again whole.")
                .optional(
                        "snapshot.keep.ms",
                        Type.LONG,
                        600_000L,
                        atLeast(0L),
                        MEDIUM,
                        "How many milliseconds a worker holds the copy's snapshot, in a session of its own, for tasks that are stopped: by a change of the configuration, by STOP, or while the cluster is balanced. As long as it is held, the copy goes on where it was; VACUUM cannot remove what was deleted since.")
                .optional(
                        "snapshot.lost.handling.mode",
                        Type.STRING,
                        "auto",
                        ValidString.in("auto", "copy_again", "fail"),
                        MEDIUM,
                        "What happens when every session that held the copy's snapshot has ended, with tables copied in part: copy_again reads these tables anew from a new snapshot (of those cut by snapshot.partition.key as a part of their key only what is left), and the stream repeats what changed, which is right for sinks that upsert and repeats rows for those that append; fail stops with a message; auto fails with exactly.once.support=required and copies again without. With exactly.once.support=required, tables cut by a part of their key go on exactly in any mode, where the key is made of numbers, times, uuid, or texts under COLLATE \"C\".");
    }

    static ConfigDef.Validator notEmpty() {
        return new ConfigDef.NonEmptyStringWithoutControlChars();
    }

    static ConfigDef.Validator matching(Pattern pattern, String what) {
        return ConfigDef.LambdaValidator.with(
                (name, value) -> {
                    if (value == null || !pattern.matcher(value.toString()).matches()) {
                        throw new ConfigException(name, value, "must be " + what);
                    }
                },
                () -> what);
    }
}
