package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.destination.Locked;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;

/** What an error of DuckDB's means. There are no SQLSTATEs: the message begins with the kind, sometimes behind another. */
final class SqlErrors {
    private static final List<String> DATA =
            List.of("Conversion Error:", "Constraint Error:", "Out of Range Error:", "Invalid Type Error:");
    private static final List<String> CHANGED = List.of("Catalog Error:", "Binder Error:");
    private static final List<String> AGAIN =
            List.of("TransactionContext Error:", "INTERRUPT Error:", "Connection Error:", "HTTP Error:", "IO Error:");

    private SqlErrors() {}

    static boolean isData(SQLException e) {
        return is(e, DATA) && !is(e, AGAIN);
    }

    static boolean isChanged(SQLException e) {
        return is(e, CHANGED);
    }

    /** Another transaction has changed the same rows or the same table; nothing of this one is there. */
    static boolean isConflict(SQLException e) {
        return is(e, List.of("TransactionContext Error:"));
    }

    static boolean isDuplicate(SQLException e) {
        return text(e).contains("Constraint Error: Duplicate key");
    }

    /** Another process has the file open. */
    static boolean isLocked(SQLException e) {
        return text(e).contains("Could not set lock on file");
    }

    /** After these the database object cannot be used any more: it has to be opened again. */
    static boolean isFatal(SQLException e) {
        String text = text(e);
        return text.contains("FATAL Error:")
                || text.contains("INTERNAL Error:")
                || text.contains("Connection was closed");
    }

    /** For messages about data: the kind of rule, and the column of a broken NOT NULL, without any value. */
    static String withoutValues(SQLException e) {
        String text = text(e);
        String notNull = "NOT NULL constraint failed: ";
        int column = text.indexOf(notNull);
        if (column >= 0) {
            return "DuckDB refuses a row: "
                    + text.substring(column).lines().findFirst().orElse("");
        }
        if (text.contains("Constraint Error:")) {
            return "DuckDB refuses a row: a constraint of the table is broken";
        }
        return "DuckDB refuses a row: a value cannot be converted to its column's type";
    }

    /** What Connect is to do about it; {@code doing} says what was being done. */
    static ConnectException translate(String doing, SQLException e) {
        if (isData(e)) {
            return new ConnectException(doing + ": " + withoutValues(e));
        }
        String what = doing + ": " + e.getMessage();
        if (isConflict(e)) {
            return new Locked(what, e);
        }
        return is(e, AGAIN) || isFatal(e) ? new RetriableException(what, e) : new ConnectException(what, e);
    }

    private static boolean is(SQLException e, List<String> kinds) {
        String text = text(e);
        return kinds.stream().anyMatch(text::contains);
    }

    private static String text(SQLException e) {
        return String.valueOf(e.getMessage());
    }
}
