package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.destination.TableId;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A table or view as the catalog has it.
 *
 * @param table with its database
 * @param engine for example MergeTree
 * @param definition the engine with its parameters, order and settings
 * @param window how many inserts it remembers, 0 for none
 * @param columns by name, in their order
 */
record LiveTable(
        TableId table, String engine, String definition, String comment, long window, Map<String, LiveColumn> columns) {
    boolean isView() {
        return engine.endsWith("View");
    }

    /** Whether of several rows of one key the one with the greatest version stays, and hides itself if it is a tombstone. */
    boolean replaces(String version, String deleted) {
        String plain = version + ", " + deleted + ")";
        String quoted = Sql.name(version) + ", " + Sql.name(deleted) + ")";
        return engine.endsWith("ReplacingMergeTree")
                && Stream.of("(" + plain, " " + plain, "(" + quoted, " " + quoted)
                        .anyMatch(definition::contains);
    }

    Set<String> key() {
        Set<String> key = new TreeSet<>();
        columns.values().stream().filter(LiveColumn::key).forEach(column -> key.add(column.name()));
        return key;
    }
}
