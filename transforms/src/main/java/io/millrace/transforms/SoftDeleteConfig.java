package io.millrace.transforms;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigDef.Width;

/** The keys of {@link SoftDelete}. */
final class SoftDeleteConfig {
    private SoftDeleteConfig() {}

    static ConfigDef definition() {
        return new ConfigDef()
                .define(
                        SoftDelete.FLAG,
                        Type.STRING,
                        "__deleted",
                        new ConfigDef.NonEmptyString(),
                        Importance.HIGH,
                        "Name of the boolean column that is true in deleted rows. PeerDB's name is _PEERDB_IS_DELETED.",
                        null,
                        0,
                        Width.MEDIUM,
                        "Flag column")
                .define(
                        SoftDelete.TIME,
                        Type.STRING,
                        "__deleted_at",
                        Importance.HIGH,
                        "Name of the column for the time of the delete (a Connect Timestamp, UTC; in schemaless records"
                                + " milliseconds since 1970): the commit in the source where the record says it, else the"
                                + " record's own time. Null in rows that are not deleted. Empty: no such column."
                                + " PeerDB's name for its time column is _PEERDB_SYNCED_AT.",
                        null,
                        1,
                        Width.MEDIUM,
                        "Time column")
                .define(
                        SoftDelete.REPLICA_IDENTITY,
                        Type.STRING,
                        "auto",
                        ValidString.in("auto", "default", "full"),
                        Importance.MEDIUM,
                        "What the source tables send of a deleted row. full: the whole row, its last values are kept and"
                                + " the schema stays as it is. default: the key; other columns become NULL and are made"
                                + " optional in the schema. auto: judge by each delete whether it holds anything but the"
                                + " key and the fillers that Debezium puts into NOT NULL columns (zero, empty text).",
                        null,
                        2,
                        Width.SHORT,
                        "Replica identity")
                .define(
                        SoftDelete.TOMBSTONES,
                        Type.STRING,
                        "drop",
                        ValidString.in("drop", "delete"),
                        Importance.MEDIUM,
                        "What a record without a value is. drop: the tombstone behind a delete that was seen already."
                                + " delete: the delete itself (flat topics without __deleted); it becomes a row of the"
                                + " key's columns, the flag and the time.",
                        null,
                        3,
                        Width.SHORT,
                        "Tombstones");
    }
}
