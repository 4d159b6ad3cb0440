package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.destination.TableId;
import io.millrace.sink.warehouse.copies.CopyLog;
import java.util.Collection;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;

/** Quoting and names. DuckDB keeps the case of names and does not tell names apart by it, quoted or not. */
final class Sql {
    static final CopyLog.Words WORDS = new CopyLog.Words(
            Sql::text,
            "VARCHAR",
            "BIGINT",
            "BOOLEAN",
            "TIMESTAMP WITH TIME ZONE",
            "now()",
            "epoch_us(now()) - epoch_us(updated_at)",
            "\"partition\"",
            ", PRIMARY KEY (ledger_id, target, generation)");

    private Sql() {}

    static String name(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    static String names(Collection<String> names) {
        return names.stream().map(Sql::name).collect(Collectors.joining(", "));
    }

    static String text(String text) {
        return '\'' + text.replace("'", "''") + '\'';
    }

    static String table(TableId table) {
        return table.parts().stream().map(Sql::name).collect(Collectors.joining("."));
    }

    /** With the database's name, which is the file's: a schema of the same name would be ambiguous. */
    static String table(String catalog, TableId table) {
        return name(catalog) + "." + name(schema(table)) + "." + name(table.name());
    }

    static String schema(TableId table) {
        return table.parts().size() > 1 ? table.parts().get(0) : "main";
    }

    /** The name that DuckDB looks for: only the 26 letters have a case. */
    static String folded(String name) {
        StringBuilder folded = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            folded.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
        }
        return folded.toString();
    }

    /** @throws ConnectException for a table with more parts than schema and name, or a name with a zero byte */
    static void checkTable(TableId table) {
        if (table.parts().size() > 2) {
            throw new ConnectException(
                    "Table " + table + ": a name in DuckDB has at most a schema and a table; change table.name.format");
        }
        table.parts().forEach(part -> checkName(part, "Table " + table + ": the name"));
    }

    static void checkName(String name, String what) {
        if (name.indexOf('\0') >= 0) {
            throw new ConnectException(what + " holds a zero byte");
        }
    }
}
