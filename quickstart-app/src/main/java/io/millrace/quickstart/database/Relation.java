package io.millrace.quickstart.database;

/** A table by schema and name, as the catalog has them (not quoted). */
public record Relation(String schema, String table) {
    /** Quoted for SQL. */
    public String sql() {
        return quote(schema) + "." + quote(table);
    }

    /** An identifier quoted for SQL. */
    public static String quote(String identifier) {
        return "\"" + identifier.replace("\"", "\"\"") + "\"";
    }

    @Override
    public String toString() {
        return schema + "." + table;
    }
}
