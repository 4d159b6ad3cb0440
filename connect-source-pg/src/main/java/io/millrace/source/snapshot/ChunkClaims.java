package io.millrace.source.snapshot;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Advisory locks by which tasks divide chunks among themselves. A claim is held until the chunk's progress is
 * committed; it ends with the session, so a killed task's chunks are free at once. Not thread-safe.
 */
final class ChunkClaims {
    private final Connection connection;
    private final String scope;

    /** @param scope what tells this mirror's snapshot from any other on the server */
    ChunkClaims(Connection connection, String scope) {
        this.connection = connection;
        this.scope = scope;
    }

    /** One chunk of one piece. */
    record Claim(Piece piece, int chunk) {
        String name() {
            return piece.stored() + "#" + chunk;
        }
    }

    /** Claims the first so many of the chunks that nobody holds, in one round trip. */
    List<Claim> claim(List<Claim> wanted, int most) throws SQLException {
        List<Claim> got = new ArrayList<>();
        // LIMIT stops the scan: what comes behind is not tried, so not locked.
        String query = "SELECT n FROM unnest(?::int8[]) WITH ORDINALITY AS u(k, n)"
                + " WHERE pg_catalog.pg_try_advisory_lock(k) LIMIT " + most;
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setArray(1, keys(wanted.stream().map(Claim::name).toList()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    got.add(wanted.get(row.getInt(1) - 1));
                }
            }
        }
        return got;
    }

    void release(Collection<Claim> claims) throws SQLException {
        if (claims.isEmpty()) {
            return;
        }
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT pg_catalog.pg_advisory_unlock(k) FROM unnest(?::int8[]) AS u(k)")) {
            statement.setArray(1, keys(claims.stream().map(Claim::name).toList()));
            statement.execute();
        }
    }

    /** Takes one of so many places; false when all are taken. */
    boolean place(int places) throws SQLException {
        String query =
                "SELECT n FROM generate_series(1, ?) AS g(n)" + " WHERE pg_catalog.pg_try_advisory_lock(? + n) LIMIT 1";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setInt(1, places);
            statement.setLong(2, AdvisoryKey.of(scope + " places") >> 1);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private Array keys(List<String> names) throws SQLException {
        return connection.createArrayOf(
                "int8",
                names.stream().map(name -> AdvisoryKey.of(scope + " " + name)).toArray());
    }
}
