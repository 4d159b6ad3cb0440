package io.millrace.source.position;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one lane has copied of a table in terms of its key, which means the same under any snapshot. It is stored beside
 * the lane's {@link TableProgress}.
 *
 * @param file where the table's rows were stored: another file after TRUNCATE and after a rewrite
 * @param columns whose values the ranges' bounds are, in this order
 * @param ranges they hold every row that was copied
 */
public record CopiedKeys(int file, List<String> columns, List<CopiedRange> ranges) {
    private static final String FILE = "file";
    private static final String KEYS = "keys";
    private static final String COLUMNS = "key_columns";
    private static final String BETWEEN = ";";

    public CopiedKeys {
        columns = List.copyOf(columns);
        ranges = List.copyOf(ranges);
    }

    /** The offset of a lane that has copied this. */
    public Map<String, Object> with(Map<String, Object> progress) {
        Map<String, Object> offset = new LinkedHashMap<>(progress);
        offset.put(FILE, Integer.toUnsignedLong(file));
        offset.put(COLUMNS, CopiedRange.text(columns));
        offset.put(
                KEYS,
                String.join(BETWEEN, ranges.stream().map(CopiedRange::text).toList()));
        return offset;
    }

    /** Null where a lane could not say it by keys. */
    public static @Nullable CopiedKeys of(Map<String, ?> offset) {
        if (!(offset.get(FILE) instanceof Number file)
                || !(offset.get(COLUMNS) instanceof String columns)
                || !(offset.get(KEYS) instanceof String keys)) {
            return null;
        }
        List<CopiedRange> ranges = new ArrayList<>();
        for (String range : keys.isEmpty() ? new String[0] : keys.split(BETWEEN)) {
            ranges.add(CopiedRange.parse(range));
        }
        return new CopiedKeys((int) file.longValue(), CopiedRange.bound(columns), ranges);
    }
}
