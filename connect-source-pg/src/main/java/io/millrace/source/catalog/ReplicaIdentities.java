package io.millrace.source.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which columns the server writes of an old row: by these a publication may filter, and these it has to publish, or the
 * user's own UPDATE and DELETE fail.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY">REPLICA
 *     IDENTITY</a>
 */
public final class ReplicaIdentities {
    private static final String QUERY =
            """
            SELECT i.indrelid::int8, a.attname
            FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey[0:i.indnkeyatts - 1])
            WHERE c.relkind IN ('r', 'p')
              AND (c.relreplident = 'd' AND i.indisprimary AND i.indimmediate OR c.relreplident = 'i' AND i.indisreplident)
            ORDER BY 1, a.attnum""";

    private final Map<Integer, Set<String>> columns;

    private ReplicaIdentities(Map<Integer, Set<String>> columns) {
        this.columns = columns;
    }

    public static ReplicaIdentities read(Connection connection) throws SQLException {
        Map<Integer, Set<String>> columns = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(QUERY);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                columns.computeIfAbsent((int) rows.getLong(1), ignored -> new LinkedHashSet<>())
                        .add(rows.getString(2));
            }
        }
        return new ReplicaIdentities(columns);
    }

    /** Empty for a table without a replica identity: its updates and deletes cannot be published. */
    public Set<String> of(CatalogTable table) {
        if (table.replicaIdentity() == 'f') {
            return table.columns().stream().map(CatalogColumn::name).collect(Collectors.toSet());
        }
        return columns.getOrDefault(table.oid(), Set.of());
    }
}
