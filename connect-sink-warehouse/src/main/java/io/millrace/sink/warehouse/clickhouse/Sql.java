package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.destination.TableId;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;

/** Quoting and names. ClickHouse tells names apart by case. */
final class Sql {
    /** A table's name is that of a file, with the view's ending and the server's own behind it. */
    static final int MAX_NAME_BYTES = 160;

    private Sql() {}

    static String name(String name) {
        return '`' + name.replace("\\", "\\\\").replace("`", "\\`") + '`';
    }

    static String names(Collection<String> names) {
        return names.stream().map(Sql::name).collect(Collectors.joining(", "));
    }

    static String text(String text) {
        return '\'' + text.replace("\\", "\\\\").replace("'", "\\'") + '\'';
    }

    /** With its database, which {@link #in} has put before it. */
    static String table(TableId table) {
        return table.parts().stream().map(Sql::name).collect(Collectors.joining("."));
    }

    /** The table with its database: the given one where its name has none. */
    static TableId in(String database, TableId table) {
        return table.parts().size() == 1 ? TableId.of(database, table.name()) : table;
    }

    static String database(TableId table) {
        return table.parts().get(0);
    }

    /** The same database's table of another name. */
    static TableId beside(TableId table, String name) {
        List<String> parts = new java.util.ArrayList<>(table.parts());
        parts.set(parts.size() - 1, name);
        return new TableId(parts);
    }

    /** @throws ConnectException for a name that ClickHouse cannot have */
    static void checkTable(TableId table) {
        if (table.parts().size() > 2) {
            throw new ConnectException("Table " + table
                    + ": a name in ClickHouse has at most a database and a table; change table.name.format");
        }
        table.parts().forEach(part -> checkName(part, "Table " + table + ": the name"));
    }

    static void checkName(String name, String what) {
        if (name.indexOf('\0') >= 0) {
            throw new ConnectException(what + " holds a zero byte");
        }
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_NAME_BYTES) {
            throw new ConnectException(what + " has " + bytes + " bytes, and at most " + MAX_NAME_BYTES
                    + " are taken: ClickHouse makes files of these names");
        }
    }
}
