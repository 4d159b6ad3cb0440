package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * What BigQuery takes as a name. Names of columns are fitted to it, and two that become one are refused; names of tables
 * are refused, since {@code table.map} gives them others.
 *
 * @see <a href="https://cloud.google.com/bigquery/docs/schemas#column_names">Column names</a>
 * @see <a href="https://cloud.google.com/bigquery/docs/tables#table_naming">Table naming</a>
 */
final class Names {
    /** Of a column's name, and here of a table's too. */
    static final int MAX_BYTES = 300;

    private static final List<String> RESERVED = List.of(
            "_TABLE_",
            "_FILE_",
            "_PARTITION",
            "_ROW_TIMESTAMP",
            "__ROOT__",
            "_COLIDENTIFIER",
            "_CHANGE_SEQUENCE_NUMBER",
            "_CHANGE_TYPE",
            "_CHANGE_TIMESTAMP");

    private Names() {}

    /** The name that a column of the source has in BigQuery: letters, digits and underscores, not beginning with a digit. */
    static String column(String name) {
        StringBuilder fitted = new StringBuilder(name.length());
        name.codePoints().forEach(c -> fitted.appendCodePoint(Character.isLetterOrDigit(c) || c == '_' ? c : '_'));
        boolean digit = fitted.length() > 0 && Character.isDigit(fitted.codePointAt(0));
        return digit || fitted.length() == 0 ? "_" + fitted : fitted.toString();
    }

    /** BigQuery does not tell columns apart by case. */
    static String folded(String column) {
        return column(column).toLowerCase(Locale.ROOT);
    }

    /** @throws ConnectException for names that BigQuery does not take or does not tell apart */
    static void check(TableShape wanted) {
        checkTable(wanted.table());
        Map<String, String> seen = new HashMap<>();
        Map<String, String> own = wanted.bookkeeping().values("", "", "");
        own.keySet().forEach(name -> seen.put(folded(name), name));
        for (SourceColumn column : wanted.columns()) {
            String name = column.name();
            String what = "Table " + wanted.table() + ": the column \"" + name + "\"";
            checkLength(column(name), what);
            String upper = column(name).toUpperCase(Locale.ROOT);
            RESERVED.stream().filter(upper::startsWith).findFirst().ifPresent(prefix -> {
                throw new ConnectException(what + " begins with " + prefix
                        + ", which BigQuery keeps for itself; rename it by a transformation");
            });
            String other = seen.put(folded(name), name);
            if (other != null && own.containsKey(other)) {
                throw new ConnectException(
                        what
                                + " has the name of one that the sink is to add; change soft.delete.column, deleted.at.column or synced.at.column");
            } else if (other != null) {
                throw new ConnectException(
                        "Table " + wanted.table() + ": the columns \"" + other + "\" and \"" + name
                                + "\" are both " + column(name)
                                + " in BigQuery, which tells no names apart by case and takes letters, digits and underscores only; rename or leave out one by a transformation");
            }
        }
    }

    /** @throws ConnectException for a table that cannot be in BigQuery */
    static void checkTable(TableId table) {
        if (table.parts().size() > 2) {
            throw new ConnectException("Table " + table
                    + ": a name in BigQuery has at most a dataset and a table here; change table.name.format");
        }
        checkLength(table.name(), "Table " + table + ": the name");
        if (!table.name().codePoints().allMatch(c -> Character.isLetterOrDigit(c) || "_- ".indexOf(c) >= 0)) {
            throw new ConnectException(
                    "Table " + table
                            + ": BigQuery takes letters, digits, underscores, dashes and spaces only in names of tables; give it another name by table.map");
        }
        if (table.parts().size() > 1 && !table.parts().get(0).matches("[A-Za-z0-9_]+")) {
            throw new ConnectException(
                    "Table " + table
                            + ": BigQuery takes letters, digits and underscores only in names of datasets; change table.map or table.name.format");
        }
    }

    private static void checkLength(String name, String what) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new ConnectException(what + " has " + bytes + " bytes, and BigQuery takes at most " + MAX_BYTES);
        }
    }
}
