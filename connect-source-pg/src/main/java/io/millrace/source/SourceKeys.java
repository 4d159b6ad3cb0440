package io.millrace.source;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;
import static org.apache.kafka.common.config.ConfigDef.Range.between;

import io.millrace.core.ConfigGroup;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;

/** Configuration keys of the source: how to reach it and what is read from it. */
final class SourceKeys {
    private static final Pattern SLOT_NAME = Pattern.compile("[a-z0-9_]{1,63}");

    private SourceKeys() {}

    static void connection(ConfigDef def) {
        new ConfigGroup(def, "Connection")
                .required("database.hostname", Type.STRING, notEmpty(), HIGH, "Host of the source database.")
                .optional("database.port", Type.INT, 5432, between(1, 65535), HIGH, "Port of the source database.")
                .required(
                        "database.user",
                        Type.STRING,
                        notEmpty(),
                        HIGH,
                        "Role to connect as. It needs REPLICATION (or the managed service's equivalent), CONNECT on the database, USAGE on the schemas and SELECT on the captured tables.")
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
                        "database.sslpassword", Type.PASSWORD, null, LOW, "Password of the client certificate's key.");
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
                        "Tables to capture as schema.table; all by default." + lists)
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
                        "Columns to leave out as schema.table.column. Key columns cannot be left out." + lists)
                .optional(
                        "publish.via.partition.root",
                        Type.BOOLEAN,
                        false,
                        MEDIUM,
                        "Whether rows of partitions appear as rows of the partitioned table, in its topic. Used when the publication is made here; an existing publication must agree.");
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
                        "Rows a chunk, about: a chunk is a range of blocks, sized by the planner's estimate of the rows in a block. Also the most that is read again after a crash, for each task.")
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
                        "Tables that are read at once, in the whole cluster.");
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
