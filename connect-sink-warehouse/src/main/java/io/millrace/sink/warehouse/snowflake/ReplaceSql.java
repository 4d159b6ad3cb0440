package io.millrace.sink.warehouse.snowflake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The statements that put a gathered copy in place of a table's rows. Pure. */
final class ReplaceSql {
    private static final Set<String> SEMI_STRUCTURED = Set.of("VARIANT", "ARRAY", "OBJECT");

    private final String target;
    private final String staging;
    private final List<LiveColumn> columns;
    private final Set<String> key;
    private final @Nullable String syncedAt;

    /**
     * The columns that both tables have are replaced.
     *
     * @param target and {@code staging}: names in a statement
     * @param key tells which row is which, by its columns' names in Snowflake; empty to write all rows anew
     * @param syncedAt a column that does not count as a difference, by its name in Snowflake
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
        this.syncedAt = syncedAt;
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
                    "DELETE FROM " + target,
                    "INSERT INTO " + target + " (" + names + ")\nSELECT " + values + " FROM " + staging + " AS s");
        }
        List<String> differs = new ArrayList<>();
        List<String> sets = new ArrayList<>();
        for (LiveColumn column : columns) {
            String name = Sql.name(column.name());
            if (key.contains(column.name())) {
                continue;
            }
            sets.add(name + " = " + value(column));
            if (!column.name().equals(syncedAt)) {
                differs.add(
                        SEMI_STRUCTURED.contains(column.type())
                                ? "TO_JSON(t." + name + ") IS DISTINCT FROM TO_JSON(s." + name + ")"
                                : "t." + name + " IS DISTINCT FROM " + value(column));
            }
        }
        String changed = differs.isEmpty()
                ? ""
                : "\nWHEN MATCHED AND (" + String.join(" OR ", differs) + ") THEN UPDATE SET "
                        + String.join(", ", sets);
        return List.of(
                // MERGE has no clause for rows that only the target has.
                "DELETE FROM " + target + " WHERE NOT EXISTS (SELECT 1 FROM " + staging + " AS s WHERE " + match(target)
                        + ")",
                "MERGE INTO " + target + " AS t\nUSING " + staging + " AS s\nON " + match("t") + changed
                        + "\nWHEN NOT MATCHED THEN INSERT (" + names + ") VALUES (" + values + ")");
    }

    private String match(String of) {
        return columns.stream()
                .filter(column -> key.contains(column.name()))
                .map(column -> of + "." + Sql.name(column.name()) + " = " + value(column))
                .collect(Collectors.joining(" AND "));
    }

    private static String value(LiveColumn column) {
        String name = "s." + Sql.name(column.name());
        return SEMI_STRUCTURED.contains(column.type()) ? name : "CAST(" + name + " AS " + column.type() + ")";
    }
}
