package io.millrace.sink.pg;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The statements that put a gathered copy in place of a table's rows. Pure. */
final class ReplaceSql {
    private final String target;
    private final String staging;
    private final List<LiveColumn> columns;
    private final List<String> key;
    private final OverwriteSettings settings;

    /** {@code staged} is the table that the copy lies in: the columns of both are replaced, all but generated ones. */
    ReplaceSql(String target, LiveTable live, String staging, LiveTable staged, OverwriteSettings settings) {
        this.target = target;
        this.staging = staging;
        this.settings = settings;
        columns = live.columns().values().stream()
                .filter(column -> !column.generated() && staged.columns().containsKey(column.name()))
                .toList();
        key = staged.unique().stream()
                .filter(live.unique()::contains)
                .findFirst()
                .map(ReplaceSql::sorted)
                .orElse(List.of());
    }

    private static List<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }

    List<String> statements() {
        List<String> statements = new ArrayList<>();
        if (settings.strategy() == OverwriteSettings.Strategy.TRUNCATE) {
            statements.add("TRUNCATE " + target + (settings.cascade() ? " CASCADE" : ""));
            statements.add(insert());
        } else if (key.isEmpty()) {
            // Nothing tells which row is which.
            statements.add("DELETE FROM " + target);
            statements.add(insert());
        } else {
            statements.add("DELETE FROM " + target + " t WHERE " + isAbsent());
            statements.add(insert() + upsert());
        }
        return statements;
    }

    boolean hasKey() {
        return !key.isEmpty();
    }

    /** Writes the rows of these pages of the copy, as far as they differ. */
    String move(long from, long to) {
        return insert() + " WHERE " + pages("s", from, to) + upsert();
    }

    /** Deletes rows of these pages of the target that the copy lacks. */
    String sweep(long from, long to) {
        return "DELETE FROM " + target + " t WHERE " + pages("t", from, to) + " AND " + isAbsent();
    }

    private String isAbsent() {
        return "NOT EXISTS (SELECT 1 FROM " + staging + " s WHERE "
                + key.stream()
                        .map(name -> "s." + Sql.name(name) + " = t." + Sql.name(name))
                        .collect(Collectors.joining(" AND "))
                + ")";
    }

    private static String pages(String of, long from, long to) {
        return of + ".ctid >= '(" + from + ",0)' AND " + of + ".ctid < '(" + to + ",0)'";
    }

    private String insert() {
        boolean overriding = columns.stream().anyMatch(LiveColumn::identityAlways);
        String names = Sql.names(columns.stream().map(LiveColumn::name).toList());
        return "INSERT INTO " + target + " AS t (" + names + ")" + (overriding ? " OVERRIDING SYSTEM VALUE" : "")
                + " SELECT " + names + " FROM " + staging + " s";
    }

    private String upsert() {
        List<String> values = columns.stream()
                .filter(column -> !column.identityAlways())
                .map(LiveColumn::name)
                .filter(name -> !key.contains(name))
                .toList();
        List<String> compared = values.stream()
                .filter(name -> !name.equals(settings.syncedAt()))
                .toList();
        String conflict = " ON CONFLICT (" + Sql.names(key) + ") DO ";
        if (compared.isEmpty()) {
            return conflict + "NOTHING";
        }
        // Images are compared, so that types without an equality operator can be too.
        return conflict + "UPDATE SET "
                + values.stream()
                        .map(name -> Sql.name(name) + " = EXCLUDED." + Sql.name(name))
                        .collect(Collectors.joining(", "))
                + " WHERE " + row("t", compared) + " *<> " + row("EXCLUDED", compared);
    }

    private static String row(String of, Collection<String> names) {
        return names.stream()
                .map(name -> of + "." + Sql.name(name))
                .collect(Collectors.joining(", ", "ROW(", ")::record"));
    }
}
