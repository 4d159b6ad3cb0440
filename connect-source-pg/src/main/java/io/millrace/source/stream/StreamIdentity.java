package io.millrace.source.stream;

import io.millrace.source.position.StreamPosition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;

/** Tells streams apart in which the same event may have another ordinal. */
final class StreamIdentity {
    /** To be changed with anything that changes what is counted: protocol, options, the decoder. */
    private static final String COUNTED = "pgoutput 1 messages";

    private StreamIdentity() {}

    /** A short text: a fingerprint of the server, its release and the publication, and its timeline. */
    static String of(PGConnection replication, String publication) throws SQLException {
        Connection connection = (Connection) replication;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
            row.next();
            String fingerprint = fingerprint(row.getString("systemid") + "/"
                    + connection.getMetaData().getDatabaseMajorVersion() + "/" + COUNTED + "/" + publication);
            return StreamPosition.stream(fingerprint, row.getLong("timeline"));
        }
    }

    private static String fingerprint(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Long.toHexString(ByteBuffer.wrap(digest).getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
