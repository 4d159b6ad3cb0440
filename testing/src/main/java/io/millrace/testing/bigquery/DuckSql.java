package io.millrace.testing.bigquery;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * GoogleSQL as DuckDB's SQL, as far as the sink writes it. Tables' names keep their case in BigQuery and not in DuckDB,
 * so that upper-case letters are marked. A table always has its project and dataset; nothing else has three quoted parts.
 */
final class DuckSql {
    private static final int MOST_DIGITS = 38;

    private static final Map<String, String> TYPES = Map.of(
            "INT64", "BIGINT",
            "FLOAT64", "DOUBLE",
            "STRING", "VARCHAR",
            "BYTES", "BLOB",
            "DATETIME", "TIMESTAMP",
            "TIMESTAMP", "TIMESTAMPTZ",
            "NUMERIC", "DECIMAL(38,9)",
            "BIGNUMERIC", "DECIMAL(38,18)");

    private static final Map<String, String> FUNCTIONS = Map.of(
            "TIME", "bq_time",
            "DATETIME", "bq_datetime",
            "IF", "bq_if",
            "CURRENT_TIMESTAMP", "now",
            "NUMERIC", "DECIMAL",
            "ERROR", "error");

    /** Functions that DuckDB lacks, or has under names that are words of its grammar. */
    static final List<String> MACROS = List.of(
            "CREATE MACRO date_from_unix_date(d) AS DATE '1970-01-01' + CAST(d AS INTEGER)",
            "CREATE MACRO timestamp_micros(u) AS make_timestamptz(u)",
            "CREATE MACRO bq_datetime(t) AS t AT TIME ZONE 'UTC'",
            "CREATE MACRO bq_time(t) AS CAST(t AT TIME ZONE 'UTC' AS TIME)",
            "CREATE MACRO unix_micros(t) AS epoch_us(t)",
            "CREATE MACRO bq_if(c, a, b) AS CASE WHEN c THEN a ELSE b END",
            "CREATE MACRO parse_json(j) AS CAST(j AS JSON)",
            "CREATE MACRO to_json_string(j) AS CAST(j AS VARCHAR)");

    private DuckSql() {}

    static String table(String name) {
        StringBuilder marked = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            marked.append(Character.isUpperCase(c) || c == '~' ? "~" : "").append(c);
        }
        return name(marked.toString());
    }

    static String name(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    static String of(List<Token> tokens, long rowCount) {
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            switch (token.kind()) {
                case NAME -> i = names(tokens, i, sql);
                case TEXT ->
                    sql.append('\'').append(token.text().replace("'", "''")).append('\'');
                case WORD -> i = word(tokens, i, sql);
                default -> {
                    if (token.is("@")) {
                        // @@row_count
                        sql.append(rowCount);
                        i += 2;
                    } else if (token.is(",") && isExactMode(tokens, i)) {
                        i += 5;
                    } else {
                        sql.append(token.text());
                    }
                }
            }
        }
        return sql.toString();
    }

    /** {@code , wide_number_mode=>'exact'} */
    private static boolean isExactMode(List<Token> tokens, int comma) {
        return tokens.size() > comma + 5 && tokens.get(comma + 2).is("WIDE_NUMBER_MODE");
    }

    private static int names(List<Token> tokens, int first, StringBuilder sql) {
        List<String> parts = new ArrayList<>();
        parts.add(tokens.get(first).text());
        int last = first;
        while (last + 2 < tokens.size()
                && tokens.get(last + 1).is(".")
                && tokens.get(last + 2).kind() == Token.Kind.NAME) {
            last += 2;
            parts.add(tokens.get(last).text());
        }
        if (parts.size() == 3) {
            sql.append(name(parts.get(1))).append('.').append(table(parts.get(2)));
        } else {
            sql.append(name(parts.get(parts.size() - 1)));
        }
        return last;
    }

    private static int word(List<Token> tokens, int at, StringBuilder sql) {
        String word = tokens.get(at).text().toUpperCase(Locale.ROOT);
        boolean called = at + 1 < tokens.size() && tokens.get(at + 1).is("(");
        if (called && word.equals("BIGNUMERIC")) {
            int precision = Integer.parseInt(tokens.get(at + 2).text());
            String scale =
                    Token.withoutSpaces(tokens.subList(at + 3, at + 6)).get(1).text();
            sql.append("DECIMAL(")
                    .append(Math.min(MOST_DIGITS, precision))
                    .append(',')
                    .append(scale);
            return at + 5;
        }
        sql.append(
                (called ? FUNCTIONS : TYPES).getOrDefault(word, tokens.get(at).text()));
        return at;
    }
}
