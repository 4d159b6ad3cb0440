package io.millrace.source.position;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a snapshot that took the place of a lost one does not read again of a table, because it is copied from an earlier
 * one. Decided by one task and stored before any row is read from the snapshot.
 *
 * @param generation LSN of the snapshot that reads the rest
 * @param exact whether of the rest no row can be in the topic yet: then each row's changes before the snapshot that it was
 *     read from are shown by it, and only those
 * @param file see {@link CopiedKeys}
 * @param columns the key, in the order by which the ranges go
 */
public record KeptRanges(long generation, boolean exact, int file, List<String> columns, List<Kept> ranges) {
    private static final String GENERATION = "kept_generation";
    private static final String EXACT = "exact";
    private static final String FILE = "file";
    private static final String COLUMNS = "columns";
    private static final String RANGES = "ranges";

    public KeptRanges {
        columns = List.copyOf(columns);
        ranges = List.copyOf(ranges);
    }

    /** @param lsn of the snapshot that the range was copied from */
    public record Kept(CopiedRange range, long lsn) {
        private String text() {
            return lsn + ":" + range.text();
        }

        private static Kept parse(String text) {
            int colon = text.indexOf(':');
            return new Kept(
                    CopiedRange.parse(text.substring(colon + 1)),
                    Long.parseLong(text.substring(0, Math.max(0, colon))));
        }
    }

    /** The order of the entries is part of the name, see {@link TableProgress#partition}. */
    public static Map<String, String> partition(String server, String table) {
        Map<String, String> partition = new LinkedHashMap<>();
        partition.put("server", server);
        partition.put("table", table);
        partition.put("kept", "ranges");
        return Collections.unmodifiableMap(partition);
    }

    public Map<String, Object> offset() {
        Map<String, Object> offset = new LinkedHashMap<>();
        offset.put(GENERATION, generation);
        offset.put(EXACT, exact);
        offset.put(FILE, Integer.toUnsignedLong(file));
        offset.put(COLUMNS, CopiedRange.text(columns));
        offset.put(RANGES, ranges.stream().map(Kept::text).collect(Collectors.joining(";")));
        return offset;
    }

    /** Null for an offset that is absent or something else. */
    public static @Nullable KeptRanges of(@Nullable Map<String, ?> offset) {
        if (offset == null
                || !(offset.get(GENERATION) instanceof Number generation)
                || !(offset.get(EXACT) instanceof Boolean exact)
                || !(offset.get(FILE) instanceof Number file)
                || !(offset.get(COLUMNS) instanceof String columns)
                || !(offset.get(RANGES) instanceof String ranges)) {
            return null;
        }
        List<Kept> kept = new ArrayList<>();
        for (String one : ranges.isEmpty() ? new String[0] : ranges.split(";")) {
            kept.add(Kept.parse(one));
        }
        return new KeptRanges(generation.longValue(), exact, (int) file.longValue(), CopiedRange.bound(columns), kept);
    }
}
