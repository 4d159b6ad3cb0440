package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.warehouse.copies.CopyLog;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Quoting.
 *
 * @see <a href="https://docs.snowflake.com/en/sql-reference/identifiers-syntax">Identifier requirements</a>
 * @see <a href="https://docs.snowflake.com/en/sql-reference/data-types-text">String constants</a>
 */
final class Sql {
    static final String NOW = "CURRENT_TIMESTAMP()";

    static final CopyLog.Words WORDS = new CopyLog.Words(
            Sql::text,
            "VARCHAR",
            "NUMBER(19,0)",
            "BOOLEAN",
            "TIMESTAMP_TZ(6)",
            NOW,
            "DATE_PART('EPOCH_MICROSECOND', " + NOW + ") - DATE_PART('EPOCH_MICROSECOND', updated_at)",
            "part",
            "");

    private Sql() {}

    /** An identifier as Snowflake has it. */
    static String name(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    static String names(Collection<String> names) {
        return names.stream().map(Sql::name).collect(Collectors.joining(", "));
    }

    /** A backslash begins an escape in a quoted constant. */
    static String text(String text) {
        return '\'' + text.replace("\\", "\\\\").replace("'", "''") + '\'';
    }
}
