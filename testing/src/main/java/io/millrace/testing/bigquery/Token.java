package io.millrace.testing.bigquery;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A piece of GoogleSQL.
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
            if (c == '\'' || c == '`') {
                StringBuilder text = new StringBuilder();
                at = quoted(sql, at, text);
                tokens.add(new Token(c == '`' ? Kind.NAME : Kind.TEXT, text.toString()));
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

    private static int quoted(String sql, int begin, StringBuilder text) {
        char quote = sql.charAt(begin);
        int at = begin + 1;
        while (sql.charAt(at) != quote) {
            char c = sql.charAt(at++);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char escaped = sql.charAt(at++);
            switch (escaped) {
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case 't' -> text.append('\t');
                case 'u' -> {
                    text.append((char) Integer.parseInt(sql.substring(at, at + 4), 16));
                    at += 4;
                }
                default -> text.append(escaped);
            }
        }
        return at + 1;
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }

    /** The statements of a script, without spaces at their ends. */
    static List<List<Token>> statements(String sql) {
        List<List<Token>> statements = new ArrayList<>();
        List<Token> current = new ArrayList<>();
        for (Token token : of(sql)) {
            if (token.is(";")) {
                add(current, statements);
                current = new ArrayList<>();
            } else {
                current.add(token);
            }
        }
        add(current, statements);
        return statements;
    }

    private static void add(List<Token> tokens, List<List<Token>> statements) {
        int from = 0;
        int to = tokens.size();
        while (from < to && tokens.get(from).kind == Kind.SPACE) {
            from++;
        }
        while (to > from && tokens.get(to - 1).kind == Kind.SPACE) {
            to--;
        }
        if (from < to) {
            statements.add(List.copyOf(tokens.subList(from, to)));
        }
    }

    static List<Token> withoutSpaces(List<Token> tokens) {
        return tokens.stream().filter(token -> token.kind != Kind.SPACE).toList();
    }
}
