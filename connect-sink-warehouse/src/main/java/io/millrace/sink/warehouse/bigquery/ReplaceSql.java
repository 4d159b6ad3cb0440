package io.millrace.sink.warehouse.bigquery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The statements that put a gathered copy in place of a table's rows. Pure. */
final class ReplaceSql {
    private final String target;
    private final String staging;
    private final List<LiveColumn> columns;
    private final Set<String> key;
    private final @Nullable String syncedAt;

    /**
     * The columns that both tables have are replaced.
     *
     * @param target and {@code staging}: names in a statement
     * @param key tells which row is which, by its columns' names as BigQuery compares them; empty to write all rows anew
     * @param syncedAt a column that does not count as a difference
     */
    ReplaceSql(
            String target,
            LiveTable live,
            String staging,
            LiveTable staged,
            Set<String> key,
            @Nullable String syncedAt) {
        this.target = target;
        this.staging = staging;
        this.key = key;
        this.syncedAt = syncedAt == null ? null : Names.folded(syncedAt);
        columns = live.columns().entrySet().stream()
                .filter(column -> staged.columns().containsKey(column.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    List<String> statements() {
        String names = Sql.names(columns.stream().map(LiveColumn::name).toList());
        String values = columns.stream().map(ReplaceSql::value).collect(Collectors.joining(", "));
        if (key.isEmpty()) {
            return List.of(
                    "DELETE FROM " + target + " WHERE TRUE",
                    "INSERT INTO " + target + " (" + names + ")\nSELECT " + values + " FROM " + staging + " AS s");
        }
        List<String> same = new ArrayList<>();
        List<String> differs = new ArrayList<>();
        List<String> sets = new ArrayList<>();
        for (LiveColumn column : columns) {
            String name = Sql.name(column.name());
            String folded = Names.folded(column.name());
            if (key.contains(folded)) {
                same.add("t." + name + " = " + value(column));
                continue;
            }
            sets.add(name + " = " + value(column));
            if (!folded.equals(syncedAt)) {
                differs.add(
                        column.type().equals("JSON")
                                ? "TO_JSON_STRING(t." + name + ") IS DISTINCT FROM TO_JSON_STRING(s." + name + ")"
                                : "t." + name + " IS DISTINCT FROM " + value(column));
            }
        }
        String changed = differs.isEmpty()
                ? ""
                : "\nWHEN MATCHED AND (" + String.join(" OR ", differs) + ") THEN UPDATE SET "
                        + String.join(", ", sets);
        return List.of("MERGE INTO " + target + " AS t\nUSING " + staging + " AS s\nON " + String.join(" AND ", same)
                + "\nWHEN NOT MATCHED BY SOURCE THEN DELETE" + changed
                + "\nWHEN NOT MATCHED BY TARGET THEN INSERT (" + names + ") VALUES (" + values + ")");
    }

    private static String value(LiveColumn column) {
        String name = "s." + Sql.name(column.name());
        return column.type().equals("JSON") || column.type().startsWith("ARRAY")
                ? name
                : "CAST(" + name + " AS " + column.type() + ")";
    }
}
