package io.millrace.sink.pg;

import io.millrace.sink.destination.Locked;
import java.sql.SQLException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What an error of the server means.
 *
 * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">Error Codes</a>
 */
final class SqlErrors {
    /** Serialization failure, deadlock, query cancelled, the server going down. */
    private static final Set<String> AGAIN =
            Set.of("40001", "40P01", "57014", "57P01", "57P02", "57P03", "57P05", "25P03");

    /** Table, column, function gone; type changed; no constraint for ON CONFLICT. */
    private static final Set<String> CHANGED = Set.of("42P01", "42703", "42804", "42P10", "42846", "42704");

    private static final Pattern COPY_LINE = Pattern.compile(",\\D*(\\d+)");

    private SqlErrors() {}

    static boolean isConnection(SQLException e) {
        String state = state(e);
        return state.startsWith("08") || state.startsWith("57P") || state.equals("25P03") || state.isEmpty();
    }

    static boolean isData(SQLException e) {
        return state(e).startsWith("22") || state(e).startsWith("23");
    }

    static boolean isLock(SQLException e) {
        return state(e).equals("55P03");
    }

    static boolean isChanged(SQLException e) {
        return CHANGED.contains(state(e));
    }

    /** Whether the statement that {@code marker} stands for has raised it. */
    static boolean isRaised(SQLException e, String marker) {
        return state(e).equals("22P02") && String.valueOf(e.getMessage()).contains(marker);
    }

    /** Place of the refused row in a COPY, from 0; -1 when the server does not tell. */
    static int copyRow(SQLException e) {
        ServerErrorMessage message = e instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        Matcher line = message == null || message.getWhere() == null ? null : COPY_LINE.matcher(message.getWhere());
        return line != null && line.find() ? Integer.parseInt(line.group(1)) - 1 : -1;
    }

    /** For messages about data: which rule was broken, and where, without any value. */
    static String withoutValues(SQLException e) {
        ServerErrorMessage message = e instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        StringBuilder text = new StringBuilder("Postgres refuses a row (SQLSTATE ")
                .append(state(e))
                .append(')');
        if (message != null) {
            append(text, ", column ", message.getColumn());
            append(text, ", constraint ", message.getConstraint());
            append(text, ", at ", message.getRoutine());
        }
        return text.toString();
    }

    /** The driver's words for a lost connection say nothing of the host that is not known: the cause does. */
    static String withCause(SQLException e) {
        Throwable cause = e.getCause();
        return cause == null || !isConnection(e)
                ? String.valueOf(e.getMessage())
                : e.getMessage() + " (" + cause.getClass().getSimpleName() + ": " + cause.getMessage() + ")";
    }

    /** What Connect is to do about it; {@code doing} says what was being done. */
    static ConnectException translate(String doing, SQLException e) {
        String what = doing + ": " + (isData(e) ? withoutValues(e) : e.getMessage());
        if (isLock(e)) {
            return new Locked(what, e);
        }
        boolean again = isConnection(e) || AGAIN.contains(state(e)) || state(e).startsWith("53");
        if (again) {
            return new RetriableException(what, isData(e) ? null : e);
        }
        return new ConnectException(what, isData(e) ? null : e);
    }

    static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }

    private static void append(StringBuilder text, String before, @Nullable String part) {
        if (part != null) {
            text.append(before).append(part);
        }
    }
}
