package io.millrace.testing.snowflake;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Snowflake's SQL as DuckDB's, as far as the sink writes it. Names keep their case, and DuckDB does not tell it. */
final class DuckSql {
    private static final Map<String, String> TYPES = Map.of(
            "NUMBER", "DECIMAL",
            "VARIANT", "JSON",
            "ARRAY", "JSON",
            "OBJECT", "JSON",
            "FLOAT", "DOUBLE",
            "BINARY", "BLOB",
            "TIMESTAMP_NTZ", "TIMESTAMP",
            "TIMESTAMP_TZ", "TIMESTAMPTZ",
            "TIMESTAMP_LTZ", "TIMESTAMPTZ");

    /** Types that DuckDB knows without the number of digits behind the second. */
    private static final Set<String> TIMES = Set.of("TIME", "TIMESTAMP_NTZ", "TIMESTAMP_TZ", "TIMESTAMP_LTZ");

    private static final Map<String, String> FUNCTIONS = Map.of(
            "CURRENT_TIMESTAMP", "now",
            "DATE_PART", "sf_date_part");

    /** Functions that DuckDB lacks. */
    static final List<String> MACROS = List.of(
            "CREATE MACRO bitand(a, b) AS a & b",
            "CREATE MACRO to_timestamp_ntz(n, s) AS make_timestamp(CAST(n AS BIGINT))",
            "CREATE MACRO to_timestamp_tz(n, s) AS make_timestamptz(CAST(n AS BIGINT))",
            "CREATE MACRO to_binary(t, f) AS unhex(t)",
            "CREATE MACRO parse_json(t) AS CAST(t AS JSON)",
            "CREATE MACRO to_array(j) AS j",
            "CREATE MACRO to_object(j) AS j",
            "CREATE MACRO sf_date_part(p, t) AS epoch_us(t)");

    private DuckSql() {}

    static String name(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** @param tables gives a table that belongs to one session another name */
    static String of(List<Token> tokens, UnaryOperator<List<String>> tables) {
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            switch (token.kind()) {
                case NAME -> i = names(tokens, i, tables, sql);
                case TEXT ->
                    sql.append('\'').append(token.text().replace("'", "''")).append('\'');
                case WORD -> i = word(tokens, i, sql);
                default -> sql.append(token.text());
            }
        }
        return sql.toString();
    }

    /** The quoted names that begin here, with the dots between them. */
    static List<String> path(List<Token> tokens, int first) {
        List<String> parts = new ArrayList<>();
        parts.add(tokens.get(first).text());
        int last = first;
        while (last + 2 < tokens.size()
                && tokens.get(last + 1).is(".")
                && tokens.get(last + 2).kind() == Token.Kind.NAME) {
            last += 2;
            parts.add(tokens.get(last).text());
        }
        return parts;
    }

    private static int names(List<Token> tokens, int first, UnaryOperator<List<String>> tables, StringBuilder sql) {
        List<String> parts = path(tokens, first);
        int last = first + 2 * (parts.size() - 1);
        if (parts.size() == 1 && isInformation(tokens, last)) {
            sql.append(information(tokens.get(last + 4).text(), parts.get(0)));
            return last + 4;
        }
        List<String> shown = parts;
        if (parts.size() >= 3) {
            shown = new ArrayList<>(tables.apply(parts.subList(0, 3)));
            shown.addAll(parts.subList(3, parts.size()));
        }
        for (int i = 0; i < shown.size(); i++) {
            sql.append(i == 0 ? "" : ".").append(name(shown.get(i)));
        }
        return last;
    }

    private static boolean isInformation(List<Token> tokens, int at) {
        return at + 4 < tokens.size() && tokens.get(at + 2).is("INFORMATION_SCHEMA");
    }

    private static String information(String view, String database) {
        String literal = "'" + database.replace("'", "''") + "'";
        return switch (view) {
            case "SCHEMATA" ->
                "(SELECT schema_name FROM information_schema.schemata WHERE catalog_name = " + literal + ") AS i";
            case "TABLES" ->
                "(SELECT schema_name AS table_schema, table_name, comment FROM duckdb_tables() WHERE database_name = "
                        + literal + ") AS i";
            default -> throw new IllegalArgumentException("INFORMATION_SCHEMA." + view);
        };
    }

    private static int word(List<Token> tokens, int at, StringBuilder sql) {
        String word = tokens.get(at).text().toUpperCase(Locale.ROOT);
        boolean called = at + 1 < tokens.size() && tokens.get(at + 1).is("(");
        if (called && TIMES.contains(word)) {
            sql.append(TYPES.getOrDefault(word, word));
            return at + 3;
        }
        Map<String, String> names = called && !word.equals("NUMBER") ? FUNCTIONS : TYPES;
        sql.append(names.getOrDefault(word, tokens.get(at).text()));
        return at;
    }
}
