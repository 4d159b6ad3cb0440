package io.millrace.source;

import io.millrace.source.catalog.Slot;
import io.millrace.source.position.Lsn;
import io.millrace.source.position.StreamPosition;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;

/** Whether a slot still has what the stored position needs. Each refusal says what to do. */
final class SlotChecks {
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
        if ("lost".equals(slot.walStatus())) {
            return Optional.of("slot \"" + slot.name() + "\" has lost WAL that was not read (max_slot_wal_keep_size)."
                    + " Drop it and delete the connector's offsets to copy the tables again");
        }
        return Optional.empty();
    }
}
