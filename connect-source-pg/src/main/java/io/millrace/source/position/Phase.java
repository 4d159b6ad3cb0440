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
     * @param generation LSN of the snapshot that the tasks may read from: the slot's own point, or a later one of which is
     *     settled what it reads
     * @param copied whether every row is in its topic, and only the tasks' word is missing that none is on its way still
     * @param begun when the copy began, in milliseconds since 1970, as {@link io.millrace.core.Manifest#nextOrder}; 0 where
     *     that is not stored
     * @param stream what the rows were read from, as {@link StreamPosition#stream()}; empty where that is not stored
     */
    record Copying(long slotLsn, int lanes, long generation, boolean copied, long begun, String stream)
            implements Phase {
        /** From the slot's own snapshot. */
        public Copying(long slotLsn, int lanes) {
            this(slotLsn, lanes, slotLsn, false, 0, "");
        }

        public Copying with(long snapshot) {
            return new Copying(slotLsn, lanes, snapshot, copied, begun, stream);
        }

        public Copying whole() {
            return new Copying(slotLsn, lanes, generation, true, begun, stream);
        }

        public Copying begunAt(long millis) {
            return new Copying(slotLsn, lanes, generation, copied, millis, stream);
        }

        /** Read by so many tasks from now on. */
        public Copying by(int most) {
            return new Copying(slotLsn, most, generation, copied, begun, stream);
        }

        /** Read from there from now on. */
        public Copying in(String now) {
            return new Copying(slotLsn, lanes, generation, copied, begun, now);
        }

        /** Where the stream begins. @param of how many lanes have stored what they copied */
        public StreamPosition start(int of) {
            return StreamPosition.at(slotLsn, of).in(stream);
        }

        public Map<String, Object> offset() {
            Map<String, Object> offset = new HashMap<>();
            offset.put(StreamPosition.LSN, slotLsn);
            offset.put(SNAPSHOT, "INITIAL");
            offset.put(SNAPSHOT_COMPLETED, false);
            offset.put("last_snapshot_record", false);
            offset.put(LANES, (long) lanes);
            offset.put(GENERATION, generation);
            offset.put(COPIED, copied);
            offset.put(BEGUN, begun);
            if (!stream.isEmpty()) {
                offset.put(StreamPosition.STREAM, stream);
            }
            return offset;
        }
    }

    record Streaming(StreamPosition position) implements Phase {}

    String SNAPSHOT = "snapshot";
    String SNAPSHOT_COMPLETED = "snapshot_completed";
    String LANES = "millrace.lanes";
    String GENERATION = "millrace.generation";
    String COPIED = "millrace.copied";
    String BEGUN = "millrace.begun";

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
            Long generation = StreamPosition.number(offset.get(GENERATION));
            Long begun = StreamPosition.number(offset.get(BEGUN));
            return lsn == null || lanes == null
                    ? new Fresh()
                    : new Copying(
                            lsn,
                            lanes.intValue(),
                            generation == null ? lsn : generation,
                            Boolean.TRUE.equals(offset.get(COPIED)),
                            begun == null ? 0 : begun,
                            offset.get(StreamPosition.STREAM) instanceof String stream ? stream : "");
        }
        StreamPosition position = StreamPosition.of(offset);
        return position == null ? new Fresh() : new Streaming(position);
    }
}
