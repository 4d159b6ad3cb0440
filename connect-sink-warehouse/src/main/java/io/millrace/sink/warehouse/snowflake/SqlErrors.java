package io.millrace.sink.warehouse.snowflake;

import java.sql.SQLException;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;

/**
 * What an error of Snowflake's or of its driver's means, by its number and SQLSTATE.
 *
 * @see <a href="https://docs.snowflake.com/en/developer-guide/sql-api/handling-errors">Errors by SQLSTATE</a>
 * @see <a href="https://docs.snowflake.com/en/user-guide/troubleshoot-sessions">Errors of sessions</a>
 */
final class SqlErrors {
    /** The object does not exist or the role may not see it; a name is not that of a column. */
    static final int NO_OBJECT = 2003;

    private static final Set<Integer> MISSING = Set.of(NO_OBJECT, 2043);

    private static final Set<Integer> CHANGED = Set.of(NO_OBJECT, 2043, 904);

    /**
     * Lock not had in time (625), a statement that was cut short (604, 630), an error inside (603), an overloaded or
     * restarting service (370001, 390030).
     */
    private static final Set<Integer> TRANSIENT = Set.of(603, 604, 625, 630, 370001, 390030);

    /** The session is gone, or its token is. */
    private static final Set<Integer> LOST = Set.of(390104, 390110, 390111, 390112, 390113, 390114, 390115, 390195);

    /** The file that a COPY names is not in its stage. */
    private static final Set<Integer> FILE_GONE = Set.of(91016, 100112);

    private SqlErrors() {}

    /** Rows that break a rule of the table, or values that do not fit a column. */
    static boolean isData(SQLException e) {
        return state(e).startsWith("22") || state(e).startsWith("23");
    }

    static boolean isFileGone(SQLException e) {
        return FILE_GONE.contains(e.getErrorCode());
    }

    static boolean isMissing(SQLException e) {
        return MISSING.contains(e.getErrorCode());
    }

    /** A table or a column is not as it was. */
    static boolean isChanged(SQLException e) {
        return CHANGED.contains(e.getErrorCode());
    }

    /** Whoever it is that logs in is not let in: trying again would only lock the user out. */
    static boolean isRefusal(SQLException e) {
        int code = e.getErrorCode();
        return code >= 390_100 && code < 390_500 && !LOST.contains(code);
    }

    /** After these the session cannot be used any more. */
    static boolean isFatal(SQLException e) {
        return LOST.contains(e.getErrorCode()) || state(e).startsWith("08") || state(e).startsWith("58");
    }

    /** Whether the same may succeed when it is repeated. */
    static boolean isTransient(SQLException e) {
        return !isRefusal(e) && (isFatal(e) || TRANSIENT.contains(e.getErrorCode()));
    }

    /** For messages about data: the kind of rule, without any value. */
    static String withoutValues(SQLException e) {
        String text = String.valueOf(e.getMessage());
        if (text.contains("non-nullable column")) {
            return "Snowflake refuses a row: NULL in a column that is NOT NULL";
        }
        if (text.contains("too long")) {
            return "Snowflake refuses a row: a text is longer than its column";
        }
        return "Snowflake refuses a row: a value does not fit its column (error " + e.getErrorCode() + ")";
    }

    /** What Connect is to do about it; {@code doing} says what was being done. */
    static ConnectException translate(String doing, SQLException e) {
        if (isData(e)) {
            return new ConnectException(doing + ": " + withoutValues(e));
        }
        String what = doing + ": " + e.getMessage() + remedy(e);
        return isTransient(e) ? new RetriableException(what, e) : new ConnectException(what, e);
    }

    private static String remedy(SQLException e) {
        return switch (e.getErrorCode()) {
            case 3001 -> ". The privileges that the role needs are in docs/snowflake.md";
            case 606 -> ". " + SnowflakeWarehouse.WAREHOUSE + " names no warehouse that the role may use";
            case 625 -> ". Another transaction holds the table for longer than " + SnowflakeWarehouse.LOCK_TIMEOUT_MS;
            default -> "";
        };
    }

    private static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }
}
