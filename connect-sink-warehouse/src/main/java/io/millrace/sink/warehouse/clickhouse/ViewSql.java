package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.Views;
import java.util.ArrayList;
import java.util.List;

/** The views of current rows. Pure. */
final class ViewSql {
    private ViewSql() {}

    /** Of a table whose rows have versions: FINAL shows the last of each key, and none that is a tombstone. */
    static String current(TableId view, LiveTable table, ClickHouseSettings settings) {
        return "CREATE OR REPLACE VIEW " + Sql.table(view) + " AS SELECT " + Sql.names(shown(table, settings))
                + " FROM " + Sql.table(table.table()) + " FINAL";
    }

    /** The columns that readers are to see. */
    static List<String> shown(LiveTable table, ClickHouseSettings settings) {
        return table.columns().values().stream()
                .filter(column -> !column.kind().equals("EPHEMERAL"))
                .map(LiveColumn::name)
                .filter(name -> !name.equals(settings.versionColumn()) && !name.equals(settings.deletedColumn()))
                .toList();
    }

    /**
     * Of a log. Of each column the last value counts that was sent; rows up to a truncate, and keys whose last change was
     * a delete, are not there. Values are wrapped, since the last of several leaves out those that are NULL.
     */
    static String ofLog(TableId view, LiveTable log, Views.LogView wanted, String version) {
        String table = Sql.table(log.table());
        String operation = Sql.name(wanted.operation());
        String at = Sql.name(version);
        List<String> columns = new ArrayList<>();
        for (String name : log.columns().keySet()) {
            boolean own = name.equals(version)
                    || name.equals(wanted.operation())
                    || name.equals(wanted.unchanged())
                    || wanted.own().contains(name);
            if (wanted.key().contains(name)) {
                columns.add("l." + Sql.name(name) + " AS " + Sql.name(name));
            } else if (!own) {
                columns.add("tupleElement(argMaxIf(tuple(l." + Sql.name(name) + "), l." + at
                        + ", NOT has(JSONExtract(ifNull(l." + Sql.name(wanted.unchanged())
                        + ", '[]'), 'Array(String)'), " + Sql.text(name) + ")), 1) AS " + Sql.name(name));
            }
        }
        List<String> key =
                wanted.key().stream().map(name -> "l." + Sql.name(name)).toList();
        return "CREATE OR REPLACE VIEW " + Sql.table(view) + " AS SELECT " + String.join(", ", columns) + " FROM "
                + table + " AS l WHERE l." + at + " > (SELECT max(" + at + ") FROM " + table + " WHERE " + operation
                + " = 't') GROUP BY " + String.join(", ", key) + " HAVING argMax(l." + operation + ", l." + at
                + ") <> 'd'";
    }
}
