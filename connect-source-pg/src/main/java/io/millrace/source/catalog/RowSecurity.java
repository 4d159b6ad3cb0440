package io.millrace.source.catalog;

import java.sql.SQLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Policies that hide rows of a table from a role. What is hidden would be missing in the topics without a word, so every
 * session has {@code row_security} off: then the server refuses a query that a policy would take rows from.
 *
 * @see <a href="https://www.postgresql.org/docs/current/ddl-rowsecurity.html">Row Security Policies</a>
 */
public final class RowSecurity {
    /** The server's function that refuses. The message is in the server's language, and this is not. */
    private static final String CHECK = "check_enable_rls";

    private RowSecurity() {}

    /** Whether the server has refused a query for that reason; its message names the table. */
    public static boolean refused(SQLException e) {
        ServerErrorMessage message = e instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        return "42501".equals(e.getSQLState()) && message != null && CHECK.equals(message.getRoutine());
    }

    /** What to do about it, after the names of tables. */
    public static String remedy(String role) {
        return "row-level security hides rows from the role " + role
                + ", which would be missing in the topics: as superuser run ALTER ROLE " + role
                + " BYPASSRLS, or connect as the tables' owner where they have no FORCE ROW LEVEL SECURITY";
    }
}
