package io.millrace.source;

import io.millrace.source.catalog.Database;
import java.sql.SQLException;
import org.apache.kafka.connect.errors.ConnectException;

/** What a {@link ReadingThread} runs. */
interface SourceReader {
    Database database();

    /**
     * Returns when there is nothing left to do. May be called again after an SQLException: it then finds out anew where
     * it stands.
     */
    void run() throws SQLException, InterruptedException;

    /** Whether an error may be gone when {@link #run} is called again. */
    default boolean mayPass(SQLException e) {
        return SourceErrors.mayPass(e);
    }

    /** @param configured what the configuration says; negative for ever */
    default int mostRetries(SQLException e, int configured) {
        return SourceErrors.mostRetries(e, configured);
    }

    /** What the task fails with when an error will not pass. */
    ConnectException explained(SQLException e);

    /** The last {@link #run} ended so; whoever listens is told. */
    default void failed(Throwable cause) throws InterruptedException {}

    /** Connect has stored offsets. Called by any thread, which is not to wait. */
    default void confirm() {}

    /** After the last {@link #run}. */
    default void stopped() throws SQLException, InterruptedException {}
}
