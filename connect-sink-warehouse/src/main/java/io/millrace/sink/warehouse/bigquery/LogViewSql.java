package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.destination.Views;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The view of a log's current rows. Pure. */
final class LogViewSql {
    private static final String ORDER = Sql.name(BigQuerySettings.ORDER_COLUMN);
    private static final String LAST = "_millrace_row";

    private LogViewSql() {}

    /**
     * Of each column the last value counts that was sent; rows up to a truncate, and keys whose last change was a delete,
     * are not there.
     */
    static String create(LiveTable log, Views.LogView view, Place place) {
        String table = place.sql(view.log());
        String operation = Sql.name(Names.column(view.operation()));
        String unchanged = Sql.name(Names.column(view.unchanged()));
        Set<String> key = folded(view.key());
        Set<String> hidden = folded(view.own());
        hidden.addAll(folded(List.of(view.operation(), view.unchanged(), BigQuerySettings.ORDER_COLUMN)));
        String byKey = "PARTITION BY "
                + Sql.names(view.key().stream().map(Names::column).toList());
        List<String> shown = new ArrayList<>();
        List<String> columns = new ArrayList<>();
        log.columns().forEach((folded, column) -> {
            String name = Sql.name(column.name());
            if (key.contains(folded)) {
                shown.add(name);
                columns.add(name);
            } else if (!hidden.contains(folded)) {
                shown.add(name);
                columns.add("FIRST_VALUE(" + name + ") OVER (" + byKey + " ORDER BY CASE WHEN STRPOS(TO_JSON_STRING("
                        + unchanged + "), " + Sql.text('"' + column.name() + '"') + ") > 0 THEN 1 ELSE 0 END, " + ORDER
                        + " DESC) AS " + name);
            }
        });
        columns.add(operation + " AS _millrace_operation");
        columns.add("ROW_NUMBER() OVER (" + byKey + " ORDER BY " + ORDER + " DESC) AS " + LAST);
        return "CREATE OR REPLACE VIEW " + place.sql(view.view()) + " AS\nSELECT " + String.join(", ", shown)
                + "\nFROM (SELECT " + String.join(", ", columns) + "\n  FROM " + table + "\n  WHERE " + ORDER
                + " > COALESCE((SELECT MAX(" + ORDER + ") FROM " + table + " WHERE " + operation + " = 't'), -1)) AS v"
                + "\nWHERE " + LAST + " = 1 AND _millrace_operation <> 'd'";
    }

    private static Set<String> folded(List<String> names) {
        Set<String> folded = new HashSet<>();
        names.forEach(name -> folded.add(Names.folded(name)));
        return folded;
    }
}
