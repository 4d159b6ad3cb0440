package io.millrace.source;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import io.millrace.core.ConfigGroup;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;

/** Configuration keys of what leaves the source database, and of the slot's life. */
final class PublicationKeys {
    private PublicationKeys() {}

    static void publication(ConfigDef def) {
        new ConfigGroup(def, "What leaves the database")
                .optional(
                        "publish.via.partition.root",
                        Type.BOOLEAN,
                        false,
                        MEDIUM,
                        "Whether rows of partitions appear as rows of the partitioned table, in its topic. Used when the publication is made here; an existing publication must agree. The rows that a partition has when it is attached are copied into the topic while the stream goes on. No event tells that the rows of a partition are gone which is detached or dropped: they stay downstream, and the log says so.")
                .optional(
                        "row.filter",
                        Type.LIST,
                        List.of(),
                        MEDIUM,
                        "Tables, as schema.table, of which only some rows are copied and streamed. The condition of each stands under the key row.filter.schema.table, in SQL, without joins; the publication carries it (Postgres 15 and later), so the other rows never leave the database. It may name only columns of the table's replica identity: with others every UPDATE and DELETE of your own would fail. Needs publication.autocreate.mode=filtered; the conditions of a publication that others made are followed in the initial copy as well. A changed condition holds for what is changed from then on; an initial copy that is under way ends by the condition of its snapshot.")
                .optional(
                        "publication.column.lists",
                        Type.BOOLEAN,
                        false,
                        LOW,
                        "Whether the publication names the columns of tables that column.include.list or column.exclude.list leaves columns out of (Postgres 15 and later), so that those never leave the database. Columns that are added to such a table are added to the publication when its next change is read; what was written to them before comes as NULL. Needs publication.autocreate.mode=filtered.")
                .optional(
                        "publish.generated.columns",
                        Type.STRING,
                        "none",
                        ValidString.in("none", "stored"),
                        LOW,
                        "Whether stored generated columns are carried (Postgres 18 and later), in the initial copy and the stream alike.");
    }

    static void slot(ConfigDef def) {
        new ConfigGroup(def, "The slot's life")
                .optional(
                        "slot.failover",
                        Type.BOOLEAN,
                        false,
                        LOW,
                        "Whether the slot is synchronised to standbys (Postgres 17 and later, with sync_replication_slots on the standby), so that the mirror goes on after a failover.")
                .optional(
                        "slot.drop.on.stop",
                        Type.BOOLEAN,
                        false,
                        LOW,
                        "Whether the slot is dropped whenever the task stops, also for a rebalance: what changes from then on is lost to the stream, and the tables have to be copied again. For tests.");
    }
}
