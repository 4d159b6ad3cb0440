package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.warehouse.copies.CopyLog;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Quoting in GoogleSQL.
 *
 * @see <a href="https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical">Lexical structure</a>
 */
final class Sql {
    static final CopyLog.Words WORDS = new CopyLog.Words(
            Sql::text,
            "STRING",
            "INT64",
            "BOOL",
            "TIMESTAMP",
            "CURRENT_TIMESTAMP()",
            "UNIX_MICROS(CURRENT_TIMESTAMP()) - UNIX_MICROS(updated_at)",
            "part",
            "");

    private Sql() {}

    /** Names have been through {@link Names}: none holds a backtick. */
    static String name(String name) {
        return '`' + name + '`';
    }

    static String names(Collection<String> names) {
        return names.stream().map(Sql::name).collect(Collectors.joining(", "));
    }

    static String text(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('\'');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\'' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('\'').toString();
    }
}
