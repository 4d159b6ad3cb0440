package io.millrace.benchmarks;

import io.millrace.testing.PostgresServer;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

/** What a slot gives to a reader that does nothing: pgjdbc, pgoutput's protocol 1 with values in binary. */
final class BareStream {
    private BareStream() {}

    /** Reads until so many row events have come. */
    static long read(PostgresServer server, String slot, String publication, long events) throws SQLException {
        var properties = new Properties();
        PGProperty.USER.set(properties, server.user());
        PGProperty.PASSWORD.set(properties, server.password());
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(), properties);
                PGReplicationStream stream = connection
                        .unwrap(PGConnection.class)
                        .getReplicationAPI()
                        .replicationStream()
                        .logical()
                        .withSlotName(slot)
                        .withSlotOption("proto_version", 1)
                        .withSlotOption("publication_names", publication)
                        .withSlotOption("binary", true)
                        .start()) {
            long seen = 0;
            while (seen < events) {
                ByteBuffer message = stream.read();
                seen += isRow(message.get(message.position())) ? 1 : 0;
            }
            return seen;
        }
    }

    private static boolean isRow(byte type) {
        return type == 'I' || type == 'U' || type == 'D';
    }
}
