package io.millrace.source.catalog;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A table as a publication is to have it.
 *
 * @param columns the columns that leave the database; all when empty
 * @param rows the condition on the rows that do; null for all
 */
public record PublishedTable(TableId table, List<String> columns, @Nullable String rows) {
    public PublishedTable {
        columns = List.copyOf(columns);
    }

    public static PublishedTable whole(TableId table) {
        return new PublishedTable(table, List.of(), null);
    }

    boolean whole() {
        return columns.isEmpty() && rows == null;
    }

    /** The table's entry in the DDL of a publication. */
    String ddl() {
        String list = columns.isEmpty()
                ? ""
                : columns.stream().map(Identifier::quoted).collect(Collectors.joining(", ", " (", ")"));
        return table.quoted() + list + (rows == null ? "" : " WHERE (" + rows + ")");
    }
}
