package io.millrace.source.position;

import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which chunks of a table one task (a lane) has copied. Stored under a partition of its own, the one that the chunks'
 * rows carry, so that Connect stores it only after all of them are acknowledged.
 *
 * @param generation LSN of the snapshot that the chunks were read from
 * @param blocks how many blocks a chunk has: chunks of another size are other chunks
 * @param chunks how many chunks the table had when the lane last looked
 */
public record TableProgress(long generation, int blocks, int chunks, BitSet done) {
    private static final String GENERATION = "generation";
    private static final String BLOCKS = "blocks";
    private static final String CHUNKS = "chunks";
    private static final String DONE = "done";

    /**
     * The order of the entries is part of the name: Connect looks offsets up by the bytes of the map, and a map of
     * {@code Map.of} has another order in every process.
     */
    public static Map<String, String> partition(String server, String table, int lane) {
        Map<String, String> partition = new LinkedHashMap<>();
        partition.put("server", server);
        partition.put("table", table);
        partition.put("lane", Integer.toString(lane));
        return Collections.unmodifiableMap(partition);
    }

    public Map<String, Object> offset() {
        return Map.of(GENERATION, generation, BLOCKS, (long) blocks, CHUNKS, (long) chunks, DONE, ChunkSet.text(done));
    }

    /** Null for an offset that is absent or not a table's progress. */
    public static @Nullable TableProgress of(@Nullable Map<String, ?> offset) {
        if (offset == null
                || !(offset.get(GENERATION) instanceof Number generation)
                || !(offset.get(BLOCKS) instanceof Number blocks)
                || !(offset.get(CHUNKS) instanceof Number chunks)
                || !(offset.get(DONE) instanceof String done)) {
            return null;
        }
        return new TableProgress(generation.longValue(), blocks.intValue(), chunks.intValue(), ChunkSet.parse(done));
    }

    /** The generation in which the lanes together copied the whole table; null while none did. */
    public static @Nullable Long finished(Collection<TableProgress> lanes) {
        for (TableProgress lane : lanes) {
            BitSet done = done(lanes, lane.generation(), lane.blocks());
            if (done.nextClearBit(0) >= lane.chunks()) {
                return lane.generation();
            }
        }
        return null;
    }

    /** What the lanes together copied in one generation by chunks of one size. */
    public static BitSet done(Collection<TableProgress> lanes, long generation, int blocks) {
        BitSet done = new BitSet();
        for (TableProgress lane : lanes) {
            if (lane.generation() == generation && lane.blocks() == blocks) {
                done.or(lane.done());
            }
        }
        return done;
    }
}
