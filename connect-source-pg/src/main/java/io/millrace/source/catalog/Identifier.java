package io.millrace.source.catalog;

/** Quoting for SQL that cannot bind: names in DDL and in COPY. */
public final class Identifier {
    private Identifier() {}

    /** A quoted identifier, section "Lexical Structure" of the manual. */
    public static String quoted(String name) {
        if (name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a name cannot hold a zero byte");
        }
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** A string literal under standard_conforming_strings, whatever the server's setting. */
    public static String literal(String text) {
        String doubled = text.replace("'", "''");
        return doubled.indexOf('\\') < 0 ? "'" + doubled + "'" : " E'" + doubled.replace("\\", "\\\\") + "'";
    }
}
