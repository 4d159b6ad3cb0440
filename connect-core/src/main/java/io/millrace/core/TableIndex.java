package io.millrace.core;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An index of a source table, as data: a sink that makes one like it writes the statement itself. A source that tells
 * them puts the text of {@link #write} into the parameter {@link #PARAMETER} of the row's schema:
 * {@code name|method|u or -|column:flags:opclass,...|included,...}, indexes parted by semicolons, each name in URL
 * encoding (UTF-8), flags {@code d} for descending and {@code n} for NULLs first, the operator class empty where it is
 * the type's default.
 *
 * @param name in the source
 * @param method the access method
 * @param columns what it is searched by, at least one
 * @param included columns that it only carries
 */
public record TableIndex(String name, String method, boolean unique, List<Column> columns, List<String> included) {
    /** Parameter of the schema of rows. */
    public static final String PARAMETER = "millrace.source.indexes";

    /** @param opclass empty for the default one */
    public record Column(String name, boolean descending, boolean nullsFirst, String opclass) {}

    public TableIndex {
        columns = List.copyOf(columns);
        included = List.copyOf(included);
        if (name.isEmpty() || method.isEmpty() || columns.isEmpty()) {
            throw new IllegalArgumentException("An index has a name, a method and columns");
        }
    }

    public static String write(List<TableIndex> indexes) {
        return indexes.stream().map(TableIndex::written).collect(Collectors.joining(";"));
    }

    private String written() {
        return String.join(
                "|",
                encoded(name),
                encoded(method),
                unique ? "u" : "-",
                columns.stream().map(TableIndex::written).collect(Collectors.joining(",")),
                included.stream().map(TableIndex::encoded).collect(Collectors.joining(",")));
    }

    private static String written(Column column) {
        String flags = (column.descending() ? "d" : "") + (column.nullsFirst() ? "n" : "");
        return encoded(column.name()) + ":" + flags + ":" + encoded(column.opclass());
    }

    /** @throws IllegalArgumentException for what {@link #write} cannot have written */
    public static List<TableIndex> read(String text) {
        List<TableIndex> indexes = new ArrayList<>();
        for (String each : split(text, ";")) {
            String[] parts = each.split("\\|", -1);
            if (parts.length != 5 || !(parts[2].equals("u") || parts[2].equals("-"))) {
                throw new IllegalArgumentException("No description of an index: " + each);
            }
            indexes.add(new TableIndex(
                    decoded(parts[0]),
                    decoded(parts[1]),
                    parts[2].equals("u"),
                    split(parts[3], ",").stream().map(TableIndex::column).toList(),
                    split(parts[4], ",").stream().map(TableIndex::decoded).toList()));
        }
        return indexes;
    }

    private static Column column(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 3 || parts[0].isEmpty() || !parts[1].matches("d?n?")) {
            throw new IllegalArgumentException("No description of an index's column: " + text);
        }
        return new Column(decoded(parts[0]), parts[1].contains("d"), parts[1].contains("n"), decoded(parts[2]));
    }

    private static List<String> split(String text, String separator) {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split(separator, -1));
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    private static String decoded(String name) {
        return URLDecoder.decode(name, StandardCharsets.UTF_8);
    }
}
