package io.millrace.quickstart.database;

import io.millrace.quickstart.QuickstartException;
import java.sql.Connection;
import java.sql.SQLException;

/** The first connection to a user's database, with an error that says which one and what to look at. */
final class Reach {
    private Reach() {}

    static Connection connect(String which, DatabaseAddress address) {
        try {
            return address.connect();
        } catch (SQLException e) {
            String state = e.getSQLState() == null ? "" : e.getSQLState();
            String advice = state.startsWith("08")
                    ? ": check host and port, and that the server listens there"
                    : state.startsWith("28")
                            ? ": check user, password and pg_hba.conf"
                            : state.equals("3D000") ? ": there is no database of that name" : "";
            throw new QuickstartException(
                    "Cannot connect to the " + which + " " + address + advice + " (" + e.getMessage() + ")", e);
        }
    }
}
