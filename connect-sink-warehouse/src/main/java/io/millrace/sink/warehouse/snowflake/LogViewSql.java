package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.destination.Views;
import io.millrace.sink.value.JsonText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The view of a log's current rows. Pure. */
final class LogViewSql {
    private static final String LAST = "_millrace_row";
    private static final String CODE = "_millrace_code";
    private static final String LETTERS = "'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'";

    private LogViewSql() {}

    /**
     * Of each column the last value counts that was sent; rows up to a truncate, and keys whose last change was a delete,
     * are not there.
     */
    static String create(LiveTable log, Views.LogView view, Place place) {
        String table = place.sql(view.log());
        String operation = place.column(view.operation());
        String unchanged = place.column(view.unchanged());
        // The names of columns that were not sent, as an array in JSON, in capitals where the log's are.
        String list = "COALESCE(TO_JSON(" + unchanged + "), '[]')";
        String told = place.upper() ? "TRANSLATE(" + list + ", " + LETTERS + ")" : list;
        String order = place.column(SnowflakeSettings.ORDER_COLUMN);
        Set<String> key = names(view.key(), place);
        Set<String> hidden = names(view.own(), place);
        hidden.addAll(names(List.of(view.operation(), view.unchanged(), SnowflakeSettings.ORDER_COLUMN), place));
        String byKey = "PARTITION BY " + view.key().stream().map(place::column).collect(Collectors.joining(", "));
        List<String> shown = new ArrayList<>();
        List<String> columns = new ArrayList<>();
        for (String column : log.columns().keySet()) {
            String name = Sql.name(column);
            if (key.contains(column)) {
                shown.add(name);
                columns.add(name);
            } else if (!hidden.contains(column)) {
                shown.add(name);
                columns.add("FIRST_VALUE(" + name + ") OVER (" + byKey + " ORDER BY CASE WHEN CONTAINS(" + told + ", "
                        + Sql.text(listed(column, place)) + ") THEN 1 ELSE 0 END, " + order + " DESC) AS " + name);
            }
        }
        columns.add(operation + " AS " + CODE);
        columns.add("ROW_NUMBER() OVER (" + byKey + " ORDER BY " + order + " DESC) AS " + LAST);
        return "CREATE OR REPLACE VIEW " + place.sql(view.view()) + " AS\nSELECT " + String.join(", ", shown)
                + "\nFROM (SELECT " + String.join(", ", columns) + "\n  FROM " + table + "\n  WHERE " + order
                + " > (SELECT COALESCE(MAX(" + order + "), -1) FROM " + table + " WHERE " + operation + " = 't')) AS v"
                + "\nWHERE " + LAST + " = 1 AND " + CODE + " <> 'd'";
    }

    private static String listed(String column, Place place) {
        StringBuilder quoted = new StringBuilder();
        JsonText.quote(column, quoted);
        return place.name(quoted.toString());
    }

    private static Set<String> names(List<String> source, Place place) {
        Set<String> names = new HashSet<>();
        source.forEach(name -> names.add(place.name(name)));
        return names;
    }
}
