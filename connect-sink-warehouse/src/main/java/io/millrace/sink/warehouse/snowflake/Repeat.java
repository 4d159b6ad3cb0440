package io.millrace.sink.warehouse.snowflake;

import java.sql.SQLException;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Repeats what Snowflake calls transient, with pauses that double up to half a minute. */
final class Repeat {
    private static final Logger LOG = LoggerFactory.getLogger(Repeat.class);
    private static final long LONGEST_MILLIS = 30_000;

    private final int retries;
    private final long backoffMillis;

    /** Work that may be done again after it has failed. */
    interface Work<T> {
        T run() throws SQLException;
    }

    Repeat(int retries, long backoffMillis) {
        this.retries = retries;
        this.backoffMillis = backoffMillis;
    }

    /** @throws SQLException what is not transient, and what is after the last repetition */
    <T> T run(Work<T> work) throws SQLException {
        for (int attempt = 0; ; attempt++) {
            try {
                return work.run();
            } catch (SQLException e) {
                if (attempt >= retries || !SqlErrors.isTransient(e)) {
                    throw e;
                }
                long pause = Math.min(LONGEST_MILLIS, backoffMillis << Math.min(attempt, 20));
                LOG.warn("Snowflake is asked again in {} ms: {}", pause, e.getMessage());
                pause(pause);
            }
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Stopped while waiting for Snowflake", e);
        }
    }
}
