package io.millrace.source.catalog;

/** A table by schema and name, exactly as the catalog spells them. */
public record TableId(String schema, String name) {
    /** {@code schema.name}, unquoted: for filters, topics and messages. */
    @Override
    public String toString() {
        return schema + "." + name;
    }

    /** {@code "schema"."name"}, safe in SQL. */
    public String quoted() {
        return Identifier.quoted(schema) + "." + Identifier.quoted(name);
    }
}
