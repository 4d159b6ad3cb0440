package io.millrace.source;

import io.millrace.source.codec.TypeCase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Tables with a column for each type, a table for each way to use one: by itself, as an array of one dimension and of two,
 * as a domain, inside a composite. What a stream with binary values cannot carry has tables of its own.
 */
final class TypeTables {
    /** A domain without NULL, and domains over arrays, of which ARRAY[...] makes no array. */
    private static final Set<String> UNUSUAL = Set.of("code", "ints", "grid");

    private final String schema;
    private final Map<String, List<Column>> tables = new LinkedHashMap<>();
    private final List<String> types = new ArrayList<>();
    private final Set<String> textTables = new LinkedHashSet<>();

    private record Column(String type, List<String> values) {}

    /** @param unsent types without a send function: by themselves they are text in a binary stream, inside others nothing */
    TypeTables(String schema, List<TypeCase> cases, Set<String> unsent) {
        this.schema = schema;
        textTables.addAll(List.of(schema + ".texts", schema + ".composites_texts", schema + ".matrices_texts"));
        for (TypeCase each : cases) {
            String type = each.declaration();
            boolean single = each.binary() || unsent.contains(type);
            add(single ? "scalars" : "texts", type, typed(type, each.values()));
            if (each.isArray() || UNUSUAL.contains(type) || !each.binary()) {
                continue;
            }
            String all = String.join(", ", typed(type, each.values()));
            add("arrays", type + "[]", List.of("ARRAY[" + all + ", NULL]", "'{}'", "NULL"));
            // What stands as text inside others has the locale's form of money, which its binary form does not tell.
            String texts = type.equals("money") ? "_texts" : "";
            add(
                    "matrices" + texts,
                    type + "[][]",
                    List.of("ARRAY[ARRAY[" + all + "], ARRAY[" + all + "]]", "'{}'", "NULL"));
            add("domains", define("DOMAIN", "AS " + type), each.values());
            String composite = define("TYPE", "AS (a " + type + ", b " + type + "[], c text)");
            List<String> rows = each.values().stream()
                    .map(value -> "ROW(" + value + ", ARRAY[" + all + "], 'a \"b\"')::" + composite)
                    .toList();
            add("composites" + texts, composite, rows);
        }
    }

    private static List<String> typed(String type, List<String> values) {
        return values.stream().map(value -> "(" + value + ")::" + type).toList();
    }

    private void add(String table, String type, List<String> values) {
        tables.computeIfAbsent(schema + "." + table, ignored -> new ArrayList<>())
                .add(new Column(type, values));
    }

    private String define(String kind, String definition) {
        String name = schema + ".made_" + types.size();
        types.add("CREATE " + kind + " " + name + " " + definition);
        return name;
    }

    List<String> create() {
        List<String> statements = new ArrayList<>(List.of("CREATE SCHEMA " + schema));
        statements.addAll(types);
        tables.forEach((table, columns) -> statements.add(
                "CREATE TABLE " + table + " (id int PRIMARY KEY, " + joined(columns, Column::type, true) + ")"));
        return statements;
    }

    Set<String> binaryTables() {
        Set<String> names = new LinkedHashSet<>(tables.keySet());
        names.removeAll(textTables);
        return names;
    }

    /** By table; a shorter list of values begins again. */
    Map<String, List<String>> inserts() {
        Map<String, List<String>> inserts = new LinkedHashMap<>();
        tables.forEach((table, columns) -> {
            int rows = columns.stream()
                    .mapToInt(column -> column.values().size())
                    .max()
                    .orElseThrow();
            List<String> statements = new ArrayList<>();
            for (int i = 0; i < rows; i++) {
                int row = i;
                String values = joined(
                        columns,
                        column -> column.values().get(row % column.values().size()),
                        false);
                statements.add("INSERT INTO " + table + " VALUES (" + row + ", " + values + ")");
            }
            inserts.put(table, statements);
        });
        return inserts;
    }

    private static String joined(List<Column> columns, Function<Column, String> text, boolean named) {
        List<String> parts = new ArrayList<>();
        for (Column column : columns) {
            parts.add((named ? "c" + parts.size() + " " : "") + text.apply(column));
        }
        return parts.stream().collect(Collectors.joining(", "));
    }
}
