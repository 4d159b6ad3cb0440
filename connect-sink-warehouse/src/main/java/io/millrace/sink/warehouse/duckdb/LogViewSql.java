package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.destination.Views;
import java.util.ArrayList;
import java.util.List;

/** The view of a log's current rows. Pure. */
final class LogViewSql {
    private LogViewSql() {}

    /**
     * Later rows of a log have larger row ids. Of each column the last value counts that was sent; rows up to a truncate,
     * and keys whose last change was a delete, are not there.
     */
    static String create(LiveTable log, Views.LogView view) {
        String table = Sql.name(log.catalog()) + "." + Sql.name(log.schema()) + "." + Sql.name(log.name());
        String operation = Sql.name(view.operation());
        String unchanged = Sql.name(view.unchanged());
        List<String> columns = new ArrayList<>();
        for (String name : log.columns().keySet()) {
            if (view.key().contains(name)) {
                columns.add(Sql.name(name));
            } else if (!name.equals(view.operation())
                    && !name.equals(view.unchanged())
                    && !view.own().contains(name)) {
                columns.add("arg_max_null(" + Sql.name(name) + ", rowid) FILTER (WHERE " + unchanged
                        + " IS NULL OR NOT list_contains(" + unchanged + ", " + Sql.text(name) + ")) AS "
                        + Sql.name(name));
            }
        }
        return "CREATE OR REPLACE VIEW " + Sql.table(log.catalog(), view.view()) + " AS SELECT "
                + String.join(", ", columns) + " FROM " + table
                + " WHERE rowid > coalesce((SELECT max(rowid) FROM " + table + " WHERE " + operation
                + " = 't'), -1) GROUP BY " + Sql.names(view.key()) + " HAVING arg_max(" + operation
                + ", rowid) <> 'd'";
    }
}
