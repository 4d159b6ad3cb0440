package io.millrace.source.stream;

import io.millrace.source.catalog.Database;
import io.millrace.source.position.StreamPosition;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/** Whether a server has what was read from it, or from one that it came from, before the stream begins. */
public final class ServerHistory {
    private ServerHistory() {}

    /**
     * @param read LSN up to which something was read
     * @param before what it was read from; empty for nothing, or where it is not known: then nothing is refused
     * @return what is read from here, as {@link StreamPosition#stream()}
     * @throws org.apache.kafka.connect.errors.ConnectException for a server that left the timeline that was read before
     *     this point of it
     */
    public static String check(Database database, String publication, long read, String before) throws SQLException {
        PGConnection replication = database.connectReplication("millrace");
        try (Connection owned = (Connection) replication) {
            String now = StreamIdentity.of(replication, publication);
            Timelines.check(replication, StreamPosition.at(read, 0).in(before), now);
            return now;
        }
    }
}
