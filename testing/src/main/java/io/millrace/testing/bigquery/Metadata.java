package io.millrace.testing.bigquery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What BigQuery knows of datasets and tables and DuckDB does not. */
final class Metadata {
    private static final Map<String, String> LEGACY = Map.of("INT64", "INTEGER", "FLOAT64", "FLOAT", "BOOL", "BOOLEAN");

    private final Map<String, String> datasets = new ConcurrentHashMap<>();
    private final Map<String, Table> tables = new ConcurrentHashMap<>();

    /** A table or a view. */
    static final class Table {
        private final Map<String, Column> columns = new LinkedHashMap<>();
        private final boolean view;
        private String description = "";

        Table(boolean view) {
            this.view = view;
        }
    }

    /**
     * A column.
     *
     * @param type as in DDL
     */
    record Column(String type, boolean required) {}

    void addDataset(String name, String options) {
        datasets.putIfAbsent(name, options);
    }

    void put(String dataset, String table, Table made) {
        tables.put(dataset + "." + table, made);
    }

    void remove(String dataset, String table) {
        tables.remove(dataset + "." + table);
    }

    @Nullable
    Table find(String dataset, String table) {
        return tables.get(dataset + "." + table);
    }

    /** Those of a dataset. */
    List<String> names(String dataset) {
        return tables.keySet().stream()
                .filter(name -> name.startsWith(dataset + "."))
                .map(name -> name.substring(dataset.length() + 1))
                .sorted()
                .toList();
    }

    /** Takes in a statement of DDL that DuckDB has run; others change nothing. */
    void see(List<Token> statement) {
        List<Token> tokens = Token.withoutSpaces(statement);
        List<Token> names = tokens.stream()
                .filter(token -> token.kind() == Token.Kind.NAME)
                .limit(3)
                .toList();
        if (tokens.get(0).is("CREATE") && tokens.stream().anyMatch(token -> token.is("SCHEMA"))) {
            addDataset(names.get(1).text(), text(statement));
        } else if (names.size() < 3) {
            return;
        }
        String dataset = names.size() > 1 ? names.get(1).text() : "";
        String table = names.size() > 2 ? names.get(2).text() : "";
        if (tokens.get(0).is("CREATE") && tokens.get(1).is("TABLE")) {
            if (find(dataset, table) == null) {
                Table made = new Table(false);
                Ddl.columns(tokens).forEach(column -> column(made, column));
                put(dataset, table, made);
            }
        } else if (tokens.get(0).is("CREATE") && tokens.get(3).is("VIEW")) {
            put(dataset, table, new Table(true));
        } else if (tokens.get(0).is("DROP")) {
            remove(dataset, table);
        } else if (tokens.get(0).is("ALTER")) {
            Table found = find(dataset, table);
            if (found != null) {
                alter(found, tokens.subList(7, tokens.size()));
            }
        }
    }

    private static void column(Table table, List<Token> definition) {
        String words = text(definition.subList(1, definition.size())).toUpperCase(Locale.ROOT);
        boolean required = words.contains("NOT NULL");
        String type = words.replaceAll(" ?(DEFAULT|NOT NULL).*", "");
        table.columns.put(definition.get(0).text(), new Column(type, required));
    }

    /** {@code what}: behind the table's name. */
    private static void alter(Table table, List<Token> what) {
        if (what.get(0).is("ADD")) {
            List<Token> definition = what.subList(what.get(2).is("IF") ? 5 : 2, what.size());
            if (!table.columns.containsKey(definition.get(0).text())) {
                column(table, definition);
            }
        } else if (what.get(0).is("SET")) {
            table.description = what.get(what.size() - 2).text();
        } else if (what.get(0).is("ALTER")) {
            String name = what.get(2).text();
            Column old = table.columns.get(name);
            if (old != null && what.get(3).is("DROP")) {
                table.columns.put(name, new Column(old.type, false));
            } else if (old != null && what.get(4).is("DATA")) {
                String type = text(what.subList(6, what.size()));
                table.columns.put(name, new Column(type, old.required));
            }
        }
    }

    static String text(List<Token> tokens) {
        List<String> words = new ArrayList<>();
        tokens.forEach(token -> words.add(token.text()));
        return String.join(" ", words)
                .replace(" ( ", "(")
                .replace("( ", "(")
                .replace(" )", ")")
                .replace(" ,", ",");
    }

    /** As {@code datasets.get} answers; null without one. */
    @Nullable
    ObjectNode dataset(String project, String name) {
        String options = datasets.get(name);
        if (options == null) {
            return null;
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("kind", "bigquery#dataset");
        json.putObject("datasetReference").put("projectId", project).put("datasetId", name);
        json.put("location", options.contains("EU") ? "EU" : "US");
        if (options.contains("default_table_expiration_days")) {
            json.put("defaultTableExpirationMs", "86400000");
        }
        return json;
    }

    /** As {@code tables.get} answers; null without one. */
    @Nullable
    ObjectNode table(String project, String dataset, String name) {
        Table table = find(dataset, name);
        if (table == null) {
            return null;
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("kind", "bigquery#table");
        json.putObject("tableReference")
                .put("projectId", project)
                .put("datasetId", dataset)
                .put("tableId", name);
        json.put("type", table.view ? "VIEW" : "TABLE");
        if (table.view) {
            json.putObject("view").put("query", "SELECT 1");
        }
        if (!table.description.isEmpty()) {
            json.put("description", table.description);
        }
        ArrayNode fields = json.putObject("schema").putArray("fields");
        table.columns.forEach((column, details) -> {
            ObjectNode field = fields.addObject().put("name", column);
            field.put("mode", details.required ? "REQUIRED" : "NULLABLE");
            String[] type = details.type.split("[(), ]+", -1);
            field.put("type", LEGACY.getOrDefault(type[0], type[0]));
            if (type.length > 2) {
                field.put("precision", type[1]).put("scale", type[2].isEmpty() ? "0" : type[2]);
            }
        });
        return json;
    }
}
