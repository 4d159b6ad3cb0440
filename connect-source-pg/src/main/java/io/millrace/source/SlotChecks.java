package io.millrace.source;

import io.millrace.source.catalog.Slot;
import io.millrace.source.position.Lsn;
import io.millrace.source.position.StreamPosition;
import java.sql.SQLException;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;

/** Whether a slot still has what the stored position needs. Each refusal says what to do. */
final class SlotChecks {
    private static final String CANNOT_CONNECT_NOW = "57P03";

    private SlotChecks() {}

    /** Throws {@link ConnectException} when the stream cannot go on from this position without a gap. */
    static void usable(Slot slot, String database, StreamPosition start) {
        unusable(slot, database).ifPresent(reason -> {
            throw new ConnectException("slot.name: " + reason);
        });
        if (Long.compareUnsigned(slot.confirmedLsn(), start.wholeLsn()) > 0) {
            throw new ConnectException("slot.name: slot \"" + slot.name() + "\" is confirmed up to "
                    + Lsn.text(slot.confirmedLsn()) + ", beyond the stored position " + Lsn.text(start.wholeLsn())
                    + ": it was made again or another reader moved it, and the changes between are lost to the stream."
                    + " Delete the connector's offsets to copy the tables again");
        }
    }

    /** Throws an SQLException that passes, while a standby has the slot only to be ready for its promotion. */
    static void promoted(Slot slot) throws SQLException {
        if (slot.failover() == Slot.Failover.COPY) {
            throw new SQLException(
                    "the server is a standby, where slot \"" + slot.name() + "\" follows the primary's and cannot be"
                            + " read before the standby is promoted",
                    CANNOT_CONNECT_NOW);
        }
    }

    /** Throws {@link ConnectException} for a server that has lost what was read from it. */
    static void reached(long walEnd, StreamPosition start) {
        if (Long.compareUnsigned(walEnd, start.wholeLsn()) < 0) {
            throw new ConnectException("database.hostname: the server's WAL ends at " + Lsn.text(walEnd)
                    + ", before the stored position " + Lsn.text(start.wholeLsn())
                    + ": it was restored from a backup, or is a standby that was promoted without all of it. The topics"
                    + " have changes that the server has not: delete the connector's offsets to copy the tables again");
        }
    }

    /** Why nobody could stream this database from the slot. */
    static Optional<String> unusable(Slot slot, String database) {
        if (!"pgoutput".equals(slot.plugin())) {
            return Optional.of("slot \"" + slot.name() + "\" uses the plugin " + slot.plugin()
                    + ", not pgoutput; give another slot.name");
        }
        if (slot.database() != null && !database.equals(slot.database())) {
            return Optional.of("slot \"" + slot.name() + "\" belongs to database " + slot.database() + ", not to "
                    + database + "; give another slot.name");
        }
        if ("lost".equals(slot.walStatus()) || slot.invalidation() != null) {
            return Optional.of("slot \"" + slot.name() + "\" has been invalidated by the server" + reason(slot)
                    + ". What changed since is lost to the stream: drop the slot and delete the connector's offsets to"
                    + " copy the tables again");
        }
        return Optional.empty();
    }

    /** The server's own word for it, and what would have kept the slot. */
    private static String reason(Slot slot) {
        String word = slot.invalidation() == null ? "wal_removed" : slot.invalidation();
        String remedy =
                switch (word) {
                    case "wal_removed" -> "WAL that was not read is gone; raise max_slot_wal_keep_size";
                    case "rows_removed" -> "rows of the catalog that it needs are gone; set hot_standby_feedback";
                    case "wal_level_insufficient" -> "the primary's wal_level was lowered; set it to logical";
                    case "idle_timeout" -> "nobody read it for idle_replication_slot_timeout; raise that";
                    default -> "see the server's log";
                };
        return " (" + word + ": " + remedy + ")";
    }
}
