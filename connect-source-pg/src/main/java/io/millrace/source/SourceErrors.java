package io.millrace.source;

import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.RowSecurity;
import java.sql.SQLException;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;

/** Which failures of the source may pass by themselves, and what to say about the others. */
final class SourceErrors {
    /** Admin shutdown, crash shutdown, cannot connect now, too many connections, object in use, a lock not to be had. */
    private static final Set<String> PASSING =
            Set.of("57P01", "57P02", "57P03", "53300", "55006", Database.LOCK_NOT_AVAILABLE);

    private static final String UNDEFINED_OBJECT = "42704";
    private static final int OBJECT_IN_USE_RETRIES = 8;

    private SourceErrors() {}

    static boolean mayPass(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith("08") || PASSING.contains(state));
    }

    /** A slot that another reader holds is waited for only as long as a predecessor may take to go. */
    static int mostRetries(SQLException e, int configured) {
        int most = configured < 0 ? Integer.MAX_VALUE : configured;
        return "55006".equals(e.getSQLState()) ? Math.min(most, OBJECT_IN_USE_RETRIES) : most;
    }

    static ConnectException explained(SQLException e, Database database, String publication) {
        String state = String.valueOf(e.getSQLState());
        if (UNDEFINED_OBJECT.equals(state)
                && String.valueOf(e.getMessage()).contains("publication \"" + publication + "\"")) {
            return PublicationWatch.dropped(publication);
        }
        String remedy =
                switch (state) {
                    case "28P01", "28000" -> "database.user, database.password: ";
                    case "3D000" -> "database.dbname: ";
                    case "42501" ->
                        RowSecurity.refused(e)
                                ? RowSecurity.remedy(database.user()) + ": "
                                : "the role lacks a privilege (see the least-privilege SQL in the documentation): ";
                    case "55006" -> "slot.name: one slot serves one connector; give another or end its reader: ";
                    case "53400" -> "slot.name: raise max_replication_slots or drop a slot that nobody uses: ";
                    default -> state.startsWith("08") ? "database.hostname, database.port: " : "";
                };
        return new ConnectException(remedy + e.getMessage() + " (SQLSTATE " + state + ", source " + database + ")", e);
    }
}
