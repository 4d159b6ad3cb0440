package io.millrace.source.window;

import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.Identifier;
import io.millrace.source.catalog.TableId;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * SQL that reads a table by ranges of its key. Keys are compared by the server alone, in the order of the key's index,
 * and go there and back as text: no order of texts, of numbers or of anything else is known here.
 */
final class TableQuery {
    private final String columns;
    private final String keyTexts;
    private final String key;
    private final String from;
    private final int keyColumns;
    private final @Nullable String filter;

    /**
     * @param stored the relation to read: the table, or one of its partitions
     * @param text which of the columns to ask for as text
     * @param filter a condition that rows have to meet, as SQL
     */
    TableQuery(
            CatalogTable table, TableId stored, List<CatalogColumn> columns, boolean[] text, @Nullable String filter) {
        this.columns = IntStream.range(0, text.length)
                .mapToObj(i -> Identifier.quoted(columns.get(i).name()) + (text[i] ? "::text" : ""))
                .collect(Collectors.joining(", "));
        this.keyTexts = table.key().stream()
                .map(name -> ", " + stored.quoted() + "." + Identifier.quoted(name) + "::text")
                .collect(Collectors.joining());
        // Qualified: a bare name would mean the column of the result, which may be a text by now.
        this.key = table.key().stream()
                .map(name -> stored.quoted() + "." + Identifier.quoted(name))
                .collect(Collectors.joining(", "));
        this.keyColumns = table.key().size();
        // A parent's children are tables of their own; a partitioned table has its rows in its partitions.
        boolean all = table.partitioned() && stored.equals(table.id());
        this.from = (all ? "" : "ONLY ") + stored.quoted();
        this.filter = filter;
    }

    /** The rows of a range in order, behind each row its key's texts. */
    String range(KeyRange range) {
        return "COPY (SELECT " + columns + keyTexts + " FROM " + from + where(range) + " ORDER BY " + key
                + ") TO STDOUT (FORMAT binary)";
    }

    /** All rows. */
    String whole() {
        return "COPY (SELECT " + columns + " FROM " + from + (filter == null ? "" : " WHERE (" + filter + "\n)")
                + ") TO STDOUT (FORMAT binary)";
    }

    /** The keys of every so many rows behind a key, as far as there are that many rows. */
    String bounds(@Nullable List<String> after, int rows, int bounds) {
        String names =
                IntStream.rangeClosed(1, keyColumns).mapToObj(i -> "k" + i).collect(Collectors.joining(", "));
        String texts = IntStream.rangeClosed(1, keyColumns)
                .mapToObj(i -> "k" + i + "::text")
                .collect(Collectors.joining(", "));
        return "SELECT " + texts + " FROM (SELECT " + key + ", row_number() OVER (ORDER BY " + key + ") FROM " + from
                + where(new KeyRange(after, null)) + " ORDER BY " + key + " LIMIT " + (long) rows * bounds + ") AS r("
                + names + ", n) WHERE n % " + rows + " = 0 ORDER BY n";
    }

    String lock() {
        return "LOCK TABLE " + from + " IN ACCESS SHARE MODE";
    }

    int keyColumns() {
        return keyColumns;
    }

    private String where(KeyRange range) {
        StringBuilder where = new StringBuilder();
        if (range.after() != null) {
            where.append(" WHERE ").append(compared(">", range.after()));
        }
        if (range.upTo() != null) {
            where.append(where.isEmpty() ? " WHERE " : " AND ").append(compared("<=", range.upTo()));
        }
        if (filter != null) {
            where.append(where.isEmpty() ? " WHERE (" : " AND (").append(filter).append("\n)");
        }
        return where.toString();
    }

    /** A literal without a type takes that of the column beside it. */
    private String compared(String operator, List<String> values) {
        String literals = values.stream().map(Identifier::literal).collect(Collectors.joining(", "));
        return keyColumns == 1
                ? key + " " + operator + " " + literals
                : "(" + key + ") " + operator + " (" + literals + ")";
    }
}
