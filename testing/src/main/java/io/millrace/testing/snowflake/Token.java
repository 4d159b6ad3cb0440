package io.millrace.testing.snowflake;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A piece of Snowflake's SQL.
 *
 * @param text of a name or a literal without its quotes and escapes
 */
record Token(Kind kind, String text) {
    enum Kind {
        WORD,
        NAME,
        TEXT,
        SYMBOL,
        SPACE
    }

    boolean is(String word) {
        return (kind == Kind.WORD || kind == Kind.SYMBOL)
                && text.toUpperCase(Locale.ROOT).equals(word);
    }

    static List<Token> of(String sql) {
        List<Token> tokens = new ArrayList<>();
        int at = 0;
        while (at < sql.length()) {
            int begin = at;
            char c = sql.charAt(at);
            if (c == '\'' || c == '"') {
                StringBuilder text = new StringBuilder();
                at = quoted(sql, at, text);
                tokens.add(new Token(c == '"' ? Kind.NAME : Kind.TEXT, text.toString()));
            } else if (Character.isWhitespace(c)) {
                at++;
                tokens.add(new Token(Kind.SPACE, sql.substring(begin, at)));
            } else if (isWord(c)) {
                while (at < sql.length() && isWord(sql.charAt(at))) {
                    at++;
                }
                tokens.add(new Token(Kind.WORD, sql.substring(begin, at)));
            } else {
                at++;
                tokens.add(new Token(Kind.SYMBOL, sql.substring(begin, at)));
            }
        }
        return tokens;
    }

    /** A quote is doubled inside; in a literal a backslash escapes what follows it. */
    private static int quoted(String sql, int begin, StringBuilder text) {
        char quote = sql.charAt(begin);
        int at = begin + 1;
        while (true) {
            char c = sql.charAt(at++);
            boolean doubled = c == quote && at < sql.length() && sql.charAt(at) == quote;
            if (c == quote && !doubled) {
                return at;
            }
            if (doubled || quote == '\'' && c == '\\') {
                text.append(sql.charAt(at++));
            } else {
                text.append(c);
            }
        }
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$';
    }

    static List<Token> withoutSpaces(List<Token> tokens) {
        return tokens.stream().filter(token -> token.kind != Kind.SPACE).toList();
    }
}
