package io.millrace.source;

import io.millrace.source.catalog.Database;
import io.millrace.source.query.Mirror;
import java.sql.SQLException;
import java.util.Set;
import org.apache.kafka.connect.errors.ConnectException;

/** Runs a mirror in a {@link ReadingThread}. */
record MirrorReader(Mirror mirror, Database database) implements SourceReader {
    /** A standby replays what the run still needs, a deadlock, a lock that was waited for too long. */
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01", "55P03");

    /** A column or table that is gone: altered between the look at the catalog and the lock, or for good. */
    private static final Set<String> ALTERED = Set.of("42703", "42P01");

    private static final int ALTERED_RETRIES = 5;

    @Override
    public void run() throws SQLException, InterruptedException {
        mirror.run();
    }

    @Override
    public boolean mayPass(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return SourceErrors.mayPass(e) || CONFLICTS.contains(state) || ALTERED.contains(state);
    }

    @Override
    public int mostRetries(SQLException e, int configured) {
        int most = SourceErrors.mostRetries(e, configured);
        return ALTERED.contains(String.valueOf(e.getSQLState())) ? Math.min(most, ALTERED_RETRIES) : most;
    }

    @Override
    public ConnectException explained(SQLException e) {
        ConnectException explained = SourceErrors.explained(e, database, "");
        return new ConnectException("mirror " + mirror.name() + ": " + explained.getMessage(), e);
    }
}
