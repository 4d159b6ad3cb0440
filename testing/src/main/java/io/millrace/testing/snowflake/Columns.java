package io.millrace.testing.snowflake;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The types that columns were declared with, which DuckDB does not keep. Safe for several threads. */
final class Columns {
    private final Map<List<String>, Map<String, Column>> tables = new ConcurrentHashMap<>();

    /** As DESCRIBE TABLE shows it. */
    record Column(String type, boolean required) {}

    /** Null for a table that is not known. */
    @Nullable
    Map<String, Column> find(List<String> table) {
        Map<String, Column> found = tables.get(table);
        return found == null ? null : new LinkedHashMap<>(found);
    }

    /** Names of the tables of a schema, sorted. */
    List<String> names(String schema) {
        Map<String, Boolean> names = new TreeMap<>();
        tables.keySet().stream()
                .filter(each -> each.get(1).equals(schema))
                .forEach(each -> names.put(each.get(2), true));
        return List.copyOf(names.keySet());
    }

    /** A statement that has been carried out. */
    void see(List<Token> statement) {
        List<Token> tokens = Token.withoutSpaces(statement);
        if (tokens.size() < 3 || !(tokens.get(1).is("TABLE") || isReplace(tokens))) {
            return;
        }
        int name = 0;
        while (tokens.get(name).kind() != Token.Kind.NAME) {
            name++;
        }
        List<String> table = DuckSql.path(tokens, name);
        List<Token> rest = tokens.subList(name + 2 * table.size() - 1, tokens.size());
        if (tokens.get(0).is("DROP")) {
            tables.remove(table);
        } else if (tokens.get(0).is("CREATE")) {
            create(table, rest, isReplace(tokens));
        } else if (tokens.get(0).is("ALTER")) {
            alter(tables.get(table), rest);
        }
    }

    private static boolean isReplace(List<Token> tokens) {
        return tokens.size() > 4 && tokens.get(1).is("OR") && tokens.get(4).is("TABLE");
    }

    private void create(List<String> table, List<Token> definition, boolean replaces) {
        Map<String, Column> columns = new LinkedHashMap<>();
        for (List<Token> each : lines(definition)) {
            columns.put(named(each.get(0)), column(each.subList(1, each.size())));
        }
        if (replaces) {
            tables.put(table, columns);
        } else {
            tables.putIfAbsent(table, columns);
        }
    }

    /** {@code ADD COLUMN [IF NOT EXISTS] name type ...} or {@code ALTER COLUMN name ...}. */
    private static void alter(@Nullable Map<String, Column> columns, List<Token> change) {
        if (columns == null) {
            return;
        }
        int name = 2;
        while (change.get(name).kind() != Token.Kind.NAME) {
            name++;
        }
        String column = change.get(name).text();
        List<Token> rest = change.subList(name + 1, change.size());
        if (change.get(0).is("ADD")) {
            columns.putIfAbsent(column, column(rest));
        } else if (rest.get(0).is("SET")) {
            columns.computeIfPresent(
                    column, (key, old) -> new Column(column(rest.subList(3, rest.size())).type, old.required));
        } else {
            columns.computeIfPresent(column, (key, old) -> new Column(old.type, false));
        }
    }

    private static String named(Token token) {
        return token.kind() == Token.Kind.NAME ? token.text() : token.text().toUpperCase(Locale.ROOT);
    }

    private static Column column(List<Token> definition) {
        StringBuilder type = new StringBuilder(definition.get(0).text().toUpperCase(Locale.ROOT));
        boolean sized = definition.size() > 1 && definition.get(1).is("(");
        for (int i = 1; sized && i < definition.size(); i++) {
            type.append(definition.get(i).text());
            if (definition.get(i).is(")")) {
                break;
            }
        }
        String shown =
                switch (type.toString()) {
                    case "VARCHAR" -> "VARCHAR(16777216)";
                    case "BINARY" -> "BINARY(8388608)";
                    case "BIGINT" -> "NUMBER(38,0)";
                    default -> type.toString();
                };
        boolean required = definition.stream().anyMatch(token -> token.is("NOT"));
        return new Column(shown, required);
    }

    private static List<List<Token>> lines(List<Token> definition) {
        List<List<Token>> lines = new ArrayList<>();
        List<Token> current = new ArrayList<>();
        int depth = 0;
        for (Token token : definition) {
            depth -= token.is(")") ? 1 : 0;
            if (depth == 1 && token.is(",")) {
                lines.add(current);
                current = new ArrayList<>();
            } else if (depth > 0) {
                current.add(token);
            }
            depth += token.is("(") ? 1 : 0;
        }
        lines.add(current);
        return lines;
    }
}
