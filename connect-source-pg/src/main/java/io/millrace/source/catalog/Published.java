package io.millrace.source.catalog;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a publication lets out of each table, so that the initial copy takes the same: columns and rows. A table that it
 * does not name is taken whole, without generated columns. Immutable.
 */
public final class Published {
    private final Map<TableId, Entry> tables;

    /**
     * @param columns null where the server does not tell (before 15): then all but generated ones
     * @param rows a condition as the server writes it; null for all rows
     */
    public record Entry(@Nullable Set<String> columns, @Nullable String rows) {
        public Entry {
            columns = columns == null ? null : Set.copyOf(columns);
        }
    }

    public Published(Map<TableId, Entry> tables) {
        this.tables = Map.copyOf(tables);
    }

    /** The same with other conditions; a table without one is taken with all its rows. */
    public Published with(Map<TableId, String> conditions) {
        Map<TableId, Entry> with = new HashMap<>();
        tables.forEach((table, entry) -> with.put(table, new Entry(entry.columns, conditions.get(table))));
        return new Published(with);
    }

    public boolean includes(TableId table) {
        return tables.containsKey(table);
    }

    public Set<TableId> tables() {
        return tables.keySet();
    }

    public boolean includes(TableId table, CatalogColumn column) {
        Entry entry = tables.get(table);
        return entry == null || entry.columns == null ? !column.generated() : entry.columns.contains(column.name());
    }

    /** The condition on a table's rows; null for all. */
    public @Nullable String rows(TableId table) {
        Entry entry = tables.get(table);
        return entry == null ? null : entry.rows;
    }

    /** The columns that it names for a table; null where it does not tell. */
    @Nullable
    Set<String> columns(TableId table) {
        Entry entry = tables.get(table);
        return entry == null ? null : entry.columns;
    }
}
