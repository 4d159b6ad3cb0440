package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.TableShape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Where tables are, and what names become there. Identifiers are always quoted; with {@code upper} their 26 letters are
 * turned into capitals, which makes them what Snowflake reads in statements without quotes.
 *
 * @param database of all tables
 * @param schema of tables whose names have none
 */
record Place(String database, String schema, boolean upper) {
    /** Snowflake's limit counts characters; one that counts bytes is on the safe side. */
    static final int MAX_BYTES = 255;

    /** The name that a table or column of the source has in Snowflake. */
    String name(String source) {
        return upper ? capitals(source) : source;
    }

    /** The same, quoted. */
    String column(String source) {
        return Sql.name(name(source));
    }

    String schema(TableId table) {
        return name(table.parts().size() > 1 ? table.parts().get(0) : schema);
    }

    /** The table's name in a statement. */
    String sql(TableId table) {
        return inSchema(schema(table), name(table.name()));
    }

    String inSchema(String ofSchema, String table) {
        return Sql.name(name(database)) + "." + Sql.name(ofSchema) + "." + Sql.name(table);
    }

    /** @param ofSchema as Snowflake has it */
    String createSchema(String ofSchema) {
        return "CREATE SCHEMA IF NOT EXISTS " + Sql.name(name(database)) + "." + Sql.name(ofSchema);
    }

    /** A table beside another one, with more behind its name. */
    static TableId beside(TableId table, String ending) {
        List<String> parts = new ArrayList<>(table.parts());
        parts.set(parts.size() - 1, table.name() + ending);
        return new TableId(parts);
    }

    private static String capitals(String name) {
        StringBuilder folded = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            folded.append(c >= 'a' && c <= 'z' ? (char) (c - 32) : c);
        }
        return folded.toString();
    }

    /** @throws ConnectException for names that Snowflake does not take or does not tell apart */
    void check(TableShape wanted) {
        checkTable(wanted.table());
        Map<String, String> seen = new HashMap<>();
        Map<String, String> own = wanted.bookkeeping().values("", "", "");
        own.keySet().forEach(name -> seen.put(name(name), name));
        for (SourceColumn column : wanted.columns()) {
            checkName(column.name(), "Table " + wanted.table() + ": the column");
            String other = seen.put(name(column.name()), column.name());
            if (other != null && own.containsKey(other)) {
                throw new ConnectException(
                        "Table " + wanted.table() + ": the source has a column \"" + column.name()
                                + "\" and the sink is to add one of that name; change soft.delete.column, deleted.at.column or synced.at.column");
            } else if (other != null) {
                throw new ConnectException("Table " + wanted.table() + ": the columns \"" + other + "\" and \""
                        + column.name() + "\" differ in case only; " + SnowflakeWarehouse.IDENTIFIER_CASE
                        + "=keep tells them apart, or rename or leave out one by a transformation");
            }
        }
    }

    /** @throws ConnectException for a table that cannot be in Snowflake */
    static void checkTable(TableId table) {
        if (table.parts().size() > 2) {
            throw new ConnectException("Table " + table + ": a name has at most a schema and a table here, in the"
                    + " database of " + SnowflakeWarehouse.DATABASE + "; change table.name.format");
        }
        table.parts().forEach(part -> checkName(part, "Table " + table + ": the name"));
    }

    private static void checkName(String name, String what) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new ConnectException(
                    what + " \"" + name + "\" has " + bytes + " bytes, and at most " + MAX_BYTES + " are taken");
        }
        if (name.indexOf('\0') >= 0) {
            throw new ConnectException(what + " holds a zero byte");
        }
    }
}
