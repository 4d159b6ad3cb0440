package io.millrace.source.stream;

import io.millrace.source.position.StreamOffset;
import java.sql.Connection;
import java.sql.SQLException;

/** Learns now and then how the stream goes, between two transactions. Called by the reading thread. */
@FunctionalInterface
public interface StreamReport {
    /**
     * @param session to look at the server with
     * @param emitted up to where all is handed over; a record may carry it
     */
    void look(Connection session, StreamOffset emitted) throws SQLException, InterruptedException;
}
