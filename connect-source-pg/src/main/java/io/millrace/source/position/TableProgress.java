package io.millrace.source.position;

import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which chunks of a table one task (a lane) has copied. Stored under a partition of its own, the one that the chunks'
 * rows carry, so that Connect stores it only after all of them are acknowledged.
 *
 * @param generation LSN of the snapshot that the chunks were read from
 * @param blocks how many blocks a chunk has: chunks of another size are other chunks
 * @param chunks how many chunks the table had when the lane last looked
 * @param begun of chunks that are copied in part, how many of their rows are, in the order in which the snapshot always
 *     shows them
 * @param reached of those chunks, where that is known, the key of the last such row, as {@link CopiedRange} has it
 * @param tally of the chunks that are done
 * @param voided whether the lane found that what is left cannot be read from this snapshot
 */
public record TableProgress(
        long generation,
        int blocks,
        int chunks,
        BitSet done,
        Map<Integer, Long> begun,
        Map<Integer, List<String>> reached,
        boolean voided,
        Tally tally) {
    private static final String GENERATION = "generation";
    private static final String BLOCKS = "blocks";
    private static final String CHUNKS = "chunks";
    private static final String DONE = "done";
    private static final String BEGUN = "begun";
    private static final String REACHED = "reached";
    private static final String VOIDED = "voided";
    private static final String ROWS = "rows";
    private static final String BYTES = "bytes";

    /** Without a chunk copied in part. */
    public TableProgress(long generation, int blocks, int chunks, BitSet done) {
        this(generation, blocks, chunks, done, Map.of(), Map.of(), false, Tally.NONE);
    }

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
        Map<String, Object> offset = new LinkedHashMap<>();
        offset.put(GENERATION, generation);
        offset.put(BLOCKS, (long) blocks);
        offset.put(CHUNKS, (long) chunks);
        offset.put(DONE, ChunkSet.text(done));
        if (!begun.isEmpty()) {
            offset.put(BEGUN, rowsText(begun));
        }
        if (!reached.isEmpty()) {
            offset.put(REACHED, keysText(reached));
        }
        if (voided) {
            offset.put(VOIDED, true);
        }
        if (tally.rows() > 0) {
            offset.put(ROWS, tally.rows());
            offset.put(BYTES, tally.bytes());
        }
        return offset;
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
        return new TableProgress(
                generation.longValue(),
                blocks.intValue(),
                chunks.intValue(),
                ChunkSet.parse(done),
                offset.get(BEGUN) instanceof String begun ? rows(begun) : Map.of(),
                offset.get(REACHED) instanceof String reached ? keys(reached) : Map.of(),
                Boolean.TRUE.equals(offset.get(VOIDED)),
                new Tally(number(offset.get(ROWS)), number(offset.get(BYTES))));
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    /** The generation in which the lanes together copied the whole table, the last of several; null while none did. */
    public static @Nullable Long finished(Collection<TableProgress> lanes) {
        Long finished = null;
        for (TableProgress lane : lanes) {
            BitSet done = done(lanes, lane.generation(), lane.blocks());
            if (done.nextClearBit(0) >= lane.chunks()
                    && (finished == null || Long.compareUnsigned(lane.generation(), finished) > 0)) {
                finished = lane.generation();
            }
        }
        return finished;
    }

    /** With one more chunk done. */
    public TableProgress with(int chunk) {
        return with(chunk, Tally.NONE);
    }

    public TableProgress with(int chunk, Tally ofIt) {
        BitSet more = (BitSet) done.clone();
        more.set(chunk);
        Map<Integer, Long> rows = new TreeMap<>(begun);
        rows.remove(chunk);
        return new TableProgress(
                generation, blocks, chunks, more, rows, reachedWith(chunk, List.of()), voided, tally.plus(ofIt));
    }

    /** With so many rows of a chunk copied. */
    public TableProgress within(int chunk, long rowsOfIt) {
        return within(chunk, rowsOfIt, List.of());
    }

    /** @param key of the last one; empty where it is not known */
    public TableProgress within(int chunk, long rowsOfIt, List<String> key) {
        Map<Integer, Long> rows = new TreeMap<>(begun);
        rows.put(chunk, rowsOfIt);
        return new TableProgress(generation, blocks, chunks, done, rows, reachedWith(chunk, key), voided, tally);
    }

    /** What is left has to come from another snapshot. */
    public TableProgress asVoid() {
        return new TableProgress(generation, blocks, chunks, done, begun, reached, true, tally);
    }

    /** Whether a lane found that this snapshot has no more to give, or copies from a newer one already. */
    public static boolean isVoid(Collection<TableProgress> lanes, long generation) {
        return lanes.stream()
                .anyMatch(lane -> lane.generation() == generation
                        ? lane.voided()
                        : Long.compareUnsigned(lane.generation(), generation) > 0);
    }

    /** Chunks copied in part count as not begun. */
    public TableProgress withoutBegun() {
        return new TableProgress(generation, blocks, chunks, done, Map.of(), Map.of(), voided, tally);
    }

    private Map<Integer, List<String>> reachedWith(int chunk, List<String> key) {
        if (key.isEmpty() && reached.isEmpty()) {
            return Map.of();
        }
        Map<Integer, List<String>> keys = new TreeMap<>(reached);
        if (key.isEmpty()) {
            keys.remove(chunk);
        } else {
            keys.put(chunk, List.copyOf(key));
        }
        return keys;
    }

    private static String keysText(Map<Integer, List<String>> reached) {
        return reached.entrySet().stream()
                .map(entry -> entry.getKey() + ":" + CopiedRange.text(entry.getValue()))
                .collect(Collectors.joining(";"));
    }

    private static Map<Integer, List<String>> keys(String text) {
        Map<Integer, List<String>> keys = new TreeMap<>();
        for (String one : text.split(";")) {
            int colon = one.indexOf(':');
            keys.put(Integer.valueOf(one.substring(0, colon)), CopiedRange.bound(one.substring(colon + 1)));
        }
        return keys;
    }

    private static String rowsText(Map<Integer, Long> begun) {
        return begun.entrySet().stream()
                .map(entry -> entry.getKey() + ":" + entry.getValue())
                .collect(Collectors.joining(","));
    }

    private static Map<Integer, Long> rows(String text) {
        Map<Integer, Long> rows = new TreeMap<>();
        for (String one : text.split(",")) {
            int colon = one.indexOf(':');
            rows.put(Integer.valueOf(one.substring(0, colon)), Long.valueOf(one.substring(colon + 1)));
        }
        return rows;
    }

    /** Whether this is of one snapshot, cut into chunks of one size. */
    public boolean isOf(long otherGeneration, int otherBlocks) {
        return generation == otherGeneration && blocks == otherBlocks;
    }

    /** How many of a chunk's rows some lane has copied, where none copied all of it. */
    public static long rows(Collection<TableProgress> lanes, long generation, int blocks, int chunk) {
        return lanes.stream()
                .filter(lane -> lane.isOf(generation, blocks))
                .mapToLong(lane -> lane.begun().getOrDefault(chunk, 0L))
                .max()
                .orElse(0);
    }

    /** How much the lanes together copied. */
    public static Tally tally(Collection<TableProgress> lanes, long generation) {
        return lanes.stream()
                .filter(lane -> lane.generation() == generation)
                .map(TableProgress::tally)
                .reduce(Tally.NONE, Tally::plus);
    }

    /** Whether two lanes say that they have copied the same chunk. */
    public static boolean toldTwice(Collection<TableProgress> lanes, long generation, int blocks) {
        int told = lanes.stream()
                .filter(lane -> lane.isOf(generation, blocks))
                .mapToInt(lane -> lane.done().cardinality())
                .sum();
        return told > done(lanes, generation, blocks).cardinality();
    }

    /** What the lanes together copied in one generation by chunks of one size. */
    public static BitSet done(Collection<TableProgress> lanes, long generation, int blocks) {
        BitSet done = new BitSet();
        for (TableProgress lane : lanes) {
            if (lane.isOf(generation, blocks)) {
                done.or(lane.done());
            }
        }
        return done;
    }
}
