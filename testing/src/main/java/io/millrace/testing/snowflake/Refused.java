package io.millrace.testing.snowflake;

import java.sql.SQLException;

/** What Snowflake would refuse a statement for: its number, its SQLSTATE, and a text. */
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final int code;
    private final String state;

    Refused(int code, String state, String message) {
        super(message);
        this.code = code;
        this.state = state;
    }

    int code() {
        return code;
    }

    String state() {
        return state;
    }

    static Refused missing(String what) {
        return new Refused(
                2003, "02000", "SQL compilation error: Object '" + what + "' does not exist or not authorized.");
    }

    static Refused locked() {
        return new Refused(
                625,
                "57014",
                "Statement has been aborted: another transaction holds a lock for longer than LOCK_TIMEOUT.");
    }

    /** DuckDB tells kinds of errors by their text. */
    static Refused of(SQLException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("NOT NULL constraint failed")) {
            return new Refused(100072, "22000", "NULL result in a non-nullable column");
        }
        if (message.contains("Conversion Error") || message.contains("Invalid Input Error")) {
            return new Refused(100038, "22018", message);
        }
        if (message.contains("Out of Range Error")) {
            return new Refused(100039, "22003", message);
        }
        if (message.contains("TransactionContext Error")) {
            return locked();
        }
        if (message.contains("Catalog Error") && message.contains("does not exist")) {
            return missing(message);
        }
        if (message.contains("Binder Error")) {
            return new Refused(904, "42000", "SQL compilation error: invalid identifier: " + message);
        }
        return new Refused(1003, "42000", "SQL compilation error: " + message);
    }
}
