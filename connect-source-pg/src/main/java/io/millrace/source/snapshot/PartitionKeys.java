package io.millrace.source.snapshot;

import io.millrace.source.catalog.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * {@code snapshot.partition.key}: tables whose initial copy is cut by ranges of a column, as {@code table:column;
 * table:column}, the table a regular expression for {@code schema.table} without regard to case. Immutable.
 */
public final class PartitionKeys {
    public static final String KEY = "snapshot.partition.key";
    public static final PartitionKeys NONE = new PartitionKeys(List.of());

    private final List<Entry> entries;

    private record Entry(Pattern tables, String column) {}

    private PartitionKeys(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** @throws ConfigException for what is not such a list */
    public static PartitionKeys of(String text) {
        List<Entry> entries = new ArrayList<>();
        for (String entry : text.split(";")) {
            if (entry.isBlank()) {
                continue;
            }
            int colon = entry.lastIndexOf(':');
            if (colon < 1 || entry.substring(colon + 1).isBlank()) {
                throw new ConfigException(KEY, text, "must be table:column;table:column");
            }
            try {
                Pattern tables = Pattern.compile(entry.substring(0, colon).strip(), Pattern.CASE_INSENSITIVE);
                entries.add(new Entry(tables, entry.substring(colon + 1).strip()));
            } catch (PatternSyntaxException e) {
                throw new ConfigException(KEY, entry, "not a regular expression: " + e.getDescription());
            }
        }
        return new PartitionKeys(entries);
    }

    /** The first that fits; null for a table that is cut by its blocks. */
    public @Nullable String of(TableId table) {
        return entries.stream()
                .filter(entry -> entry.tables.matcher(table.toString()).matches())
                .map(Entry::column)
                .findFirst()
                .orElse(null);
    }
}
