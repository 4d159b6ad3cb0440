package io.millrace.sink.pg;

import io.millrace.sink.destination.TableId;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;

/** Quoting. Nothing from a record or a setting goes into a statement but through here. */
final class Sql {
    /** NAMEDATALEN - 1: Postgres silently cuts longer names, so that two could become one. */
    static final int MAX_NAME_BYTES = 63;

    private Sql() {}

    static String name(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    static String table(TableId table) {
        return table.parts().stream().map(Sql::name).collect(Collectors.joining("."));
    }

    static String names(Collection<String> names) {
        return names.stream().map(Sql::name).collect(Collectors.joining(", "));
    }

    /** A literal that means the same whatever standard_conforming_strings says. */
    static String text(String value) {
        String escaped = value.replace("'", "''");
        return value.indexOf('\\') < 0 ? "'" + escaped + "'" : " E'" + escaped.replace("\\", "\\\\") + "'";
    }

    /** @throws ConnectException for a name that Postgres would cut, or that it cannot have */
    static void checkName(String name, String what) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_NAME_BYTES) {
            throw new ConnectException(what + " \"" + name + "\" has " + bytes + " bytes; Postgres allows "
                    + MAX_NAME_BYTES + ". Map it to a shorter one (table.map, or a transformation for columns)");
        }
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw new ConnectException(what + " has a name that Postgres cannot have: empty, or with a zero byte");
        }
    }

    static void checkTable(TableId table) {
        if (table.parts().size() > 2) {
            throw new ConnectException(
                    "Table " + table + " has " + table.parts().size()
                            + " parts; in Postgres a name is schema.table. Look at table.name.format and table.map");
        }
        table.parts().forEach(part -> checkName(part, "Table " + table + ": the name"));
    }
}
