package io.millrace.source.snapshot;

import io.millrace.source.catalog.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Notices when a COPY has stopped for no good reason. A COPY may be silent for as long as it likes: while it sorts, while
 * no row fits, or while Connect takes none. So a silent one is cut only when the server, asked by another session, does not
 * answer, or says that it is not at work on it. A thread of its own.
 */
final class CopyWatch implements AutoCloseable {
    private static final String CONNECTION_LOST = "08006";
    private static final String STATE =
            "SELECT state = 'active' AND wait_event IS DISTINCT FROM 'ClientWrite' FROM pg_catalog.pg_stat_activity"
                    + " WHERE pid = ?";
    private static final int VERDICTS = 2;

    private final Connection session;
    private final Database database;
    private final Place place = new Place();
    private final Thread thread;
    private volatile boolean reading;
    private volatile @Nullable String verdict;

    /** Where the reading is: cheap to move, once or twice a row. */
    static final class Place {
        private final AtomicLong steps = new AtomicLong();

        /** A row has come; from here on it is Connect that is waited for. */
        void came() {
            steps.lazySet(steps.getPlain() | 1);
        }

        /** The next row is waited for. */
        void next() {
            steps.lazySet((steps.getPlain() | 1) + 1);
        }

        private boolean waitsForConnect(long at) {
            return (at & 1) == 1;
        }
    }

    CopyWatch(Connection session, Database database) {
        this.session = session;
        this.database = database;
        this.thread = new Thread(this::run, Thread.currentThread().getName() + "-watch");
        thread.setDaemon(true);
        thread.start();
    }

    /** From now until {@link #end} the session reads. */
    Place begin() throws SQLException {
        session.setNetworkTimeout(Runnable::run, 0);
        reading = true;
        return place;
    }

    /** The session's next commands are short ones. */
    void end() {
        reading = false;
        try {
            session.setNetworkTimeout(Runnable::run, database.timeoutMillis());
        } catch (SQLException e) {
            // It is closed, and nothing follows.
            place.next();
        }
    }

    /** What the reading failed with, with the reason where it was cut from here. */
    SQLException explained(SQLException failure) {
        String reason = verdict;
        return reason == null ? failure : new SQLException(reason, CONNECTION_LOST, failure);
    }

    private void run() {
        long seen = -1;
        int bad = 0;
        try {
            int pid = session.unwrap(PGConnection.class).getBackendPID();
            while (true) {
                TimeUnit.MILLISECONDS.sleep(Math.max(1, database.timeoutMillis() / 2));
                long now = place.steps.get();
                if (!reading || now != seen || place.waitsForConnect(now)) {
                    seen = reading ? now : -1;
                    bad = 0;
                    continue;
                }
                String found = stopped(pid);
                bad = found == null ? 0 : bad + 1;
                if (bad >= VERDICTS && reading && place.steps.get() == seen) {
                    verdict = "the copy's session was cut, as no row came for "
                            + (VERDICTS + 1) * database.timeoutMillis() / 2 + " ms and " + found
                            + ": the network between worker and source has stalled (database.query.timeout.ms)";
                    session.abort(Runnable::run);
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            // The session is closed.
            reading = false;
        }
    }

    /** Null while the server is at work. */
    private @Nullable String stopped(int pid) {
        try (Connection other = database.look("millrace watch");
                PreparedStatement statement = other.prepareStatement(STATE)) {
            statement.setInt(1, pid);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return "the server has ended it";
                }
                return row.getBoolean(1) ? null : "the server has sent all that it could";
            }
        } catch (SQLException e) {
            return "the server does not answer: " + e.getMessage();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
