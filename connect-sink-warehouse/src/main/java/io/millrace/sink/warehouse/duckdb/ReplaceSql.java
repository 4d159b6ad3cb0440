package io.millrace.sink.warehouse.duckdb;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The statements that put a gathered copy in place of a table's rows. Pure. */
final class ReplaceSql {
    private final String target;
    private final String staging;
    private final List<LiveColumn> columns;
    private final List<String> key;
    private final @Nullable String syncedAt;

    /**
     * The columns that both tables have are replaced.
     *
     * @param key tells which row is which; empty to write all rows anew
     * @param syncedAt a column that does not count as a difference
     */
    ReplaceSql(LiveTable live, LiveTable staged, List<String> key, @Nullable String syncedAt) {
        this.target = name(live);
        this.staging = name(staged);
        this.key = key;
        this.syncedAt = syncedAt;
        columns = live.columns().values().stream()
                .filter(column -> staged.columns().containsKey(column.name()))
                .toList();
    }

    private static String name(LiveTable table) {
        return Sql.name(table.catalog()) + "." + Sql.name(table.schema()) + "." + Sql.name(table.name());
    }

    List<String> statements() {
        List<String> statements = new ArrayList<>();
        if (key.isEmpty()) {
            statements.add("DELETE FROM " + target);
            statements.add(insert());
            return statements;
        }
        String same = columns.stream()
                .filter(column -> key.contains(column.name()))
                .map(column -> "t." + Sql.name(column.name()) + " = " + value(column))
                .collect(Collectors.joining(" AND "));
        statements.add("DELETE FROM " + target + " AS t WHERE NOT EXISTS (SELECT 1 FROM " + staging + " AS s WHERE "
                + same + ")");
        List<LiveColumn> values =
                columns.stream().filter(column -> !key.contains(column.name())).toList();
        String differs = joined(
                values.stream()
                        .filter(column -> !column.name().equals(syncedAt))
                        .toList(),
                column -> "t." + Sql.name(column.name()) + " IS DISTINCT FROM " + value(column),
                " OR ");
        if (!differs.isEmpty()) {
            statements.add("UPDATE " + target + " AS t SET "
                    + joined(values, column -> Sql.name(column.name()) + " = " + value(column), ", ") + " FROM "
                    + staging + " AS s WHERE " + same + " AND (" + differs + ")");
        }
        statements.add(insert() + " WHERE NOT EXISTS (SELECT 1 FROM " + target + " AS t WHERE " + same + ")");
        return statements;
    }

    private String insert() {
        return "INSERT INTO " + target + " (" + joined(columns, column -> Sql.name(column.name()), ", ") + ") SELECT "
                + joined(columns, ReplaceSql::value, ", ") + " FROM " + staging + " AS s";
    }

    private static String value(LiveColumn column) {
        return "CAST(s." + Sql.name(column.name()) + " AS " + column.type() + ")";
    }

    private static String joined(List<LiveColumn> columns, Function<LiveColumn, String> text, String separator) {
        return columns.stream().map(text).collect(Collectors.joining(separator));
    }
}
