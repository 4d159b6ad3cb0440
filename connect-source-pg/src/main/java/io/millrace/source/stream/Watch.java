package io.millrace.source.stream;

import io.millrace.source.position.StreamOffset;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Looks at the server every few seconds while the stream goes on, see {@link Lookout}. */
@FunctionalInterface
public interface Watch {
    /** What a look found, for the stream's thread. */
    @FunctionalInterface
    interface Finding {
        /**
         * Between two transactions.
         *
         * @param emitted up to where all is handed over; a record may carry it
         */
        void take(StreamOffset emitted) throws SQLException, InterruptedException;
    }

    /**
     * In a thread beside the stream's; the next look comes after what this one found is taken.
     *
     * @param session in autocommit; what has to wait for a lock there fails soon, and is looked at again later
     * @return null where there is nothing to do
     */
    @Nullable
    Finding look(Connection session) throws SQLException;
}
