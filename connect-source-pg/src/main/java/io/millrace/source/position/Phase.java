package io.millrace.source.position;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the mirror's own offset says: nothing yet, copying, or streaming. */
public sealed interface Phase {
    /** Nothing is stored. */
    record Fresh() implements Phase {}

    /**
     * The initial copy is under way; the stream will begin at the slot's point.
     *
     * @param lanes the most tasks that have taken part, whose progress is to be read
     */
    record Copying(long slotLsn, int lanes) implements Phase {
        public Map<String, Object> offset() {
            Map<String, Object> offset = new HashMap<>();
            offset.put(StreamPosition.LSN, slotLsn);
            offset.put(SNAPSHOT, "INITIAL");
            offset.put(SNAPSHOT_COMPLETED, false);
            offset.put("last_snapshot_record", false);
            offset.put(LANES, (long) lanes);
            return offset;
        }
    }

    record Streaming(StreamPosition position) implements Phase {}

    String SNAPSHOT = "snapshot";
    String SNAPSHOT_COMPLETED = "snapshot_completed";
    String LANES = "millrace.lanes";

    static Map<String, String> partition(String server) {
        return Map.of("server", server);
    }

    /** Reads our offsets and Debezium's. A snapshot that Debezium had not finished counts as nothing stored. */
    static Phase of(@Nullable Map<String, ?> offset) {
        if (offset == null || offset.isEmpty()) {
            return new Fresh();
        }
        boolean copying = offset.containsKey(SNAPSHOT) && !Boolean.TRUE.equals(offset.get(SNAPSHOT_COMPLETED));
        if (copying) {
            Long lsn = StreamPosition.number(offset.get(StreamPosition.LSN));
            Long lanes = StreamPosition.number(offset.get(LANES));
            return lsn == null || lanes == null ? new Fresh() : new Copying(lsn, lanes.intValue());
        }
        StreamPosition position = StreamPosition.of(offset);
        return position == null ? new Fresh() : new Streaming(position);
    }
}
