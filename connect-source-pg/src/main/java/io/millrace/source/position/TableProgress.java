package io.millrace.source.position;

import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which chunks of a table one task (a lane) has copied. Stored under a partition of its own, the one that the chunks'
 * rows carry, so that Connect stores it only after all of them are acknowledged.
 *
 * @param generation LSN of the snapshot that the chunks were read from
 * @param chunks how many chunks the table had when the lane last looked
 */
public record TableProgress(long generation, int chunks, BitSet done) {
    private static final String GENERATION = "generation";
    private static final String CHUNKS = "chunks";
    private static final String DONE = "done";

    public static Map<String, String> partition(String server, String table, int lane) {
        Map<String, String> partition = new LinkedHashMap<>();
        partition.put("server", server);
        partition.put("table", table);
        partition.put("lane", Integer.toString(lane));
        return Map.copyOf(partition);
    }

    public Map<String, Object> offset() {
        return Map.of(GENERATION, generation, CHUNKS, (long) chunks, DONE, ChunkSet.text(done));
    }

    /** Null for an offset that is absent or not a table's progress. */
    public static @Nullable TableProgress of(@Nullable Map<String, ?> offset) {
        if (offset == null
                || !(offset.get(GENERATION) instanceof Number generation)
                || !(offset.get(CHUNKS) instanceof Number chunks)
                || !(offset.get(DONE) instanceof String done)) {
            return null;
        }
        return new TableProgress(generation.longValue(), chunks.intValue(), ChunkSet.parse(done));
    }

    /** The generation in which the lanes together copied the whole table; null while none did. */
    public static @Nullable Long finished(Collection<TableProgress> lanes) {
        for (TableProgress lane : lanes) {
            BitSet done = done(lanes, lane.generation());
            if (done.nextClearBit(0) >= lane.chunks()) {
                return lane.generation();
            }
        }
        return null;
    }

    /** What the lanes together copied in one generation. */
    public static BitSet done(Collection<TableProgress> lanes, long generation) {
        BitSet done = new BitSet();
        for (TableProgress lane : lanes) {
            if (lane.generation() == generation) {
                done.or(lane.done());
            }
        }
        return done;
    }
}
