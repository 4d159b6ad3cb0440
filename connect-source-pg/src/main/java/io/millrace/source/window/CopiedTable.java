package io.millrace.source.window;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A table that is to be copied, as the catalog has it.
 *
 * @param byKey whether it can be read in ranges while it changes: the stream then names the key of every row that it
 *     changes or deletes, and no part of the key can be NULL
 * @param shape changes with the table's columns, key and replica identity
 */
record CopiedTable(CatalogTable table, boolean byKey, String shape) {
    private static final String FIND =
            """
            SELECT c.oid::int8 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ?""";
    private static final String IDENTITY =
            """
            SELECT array(SELECT a.attname::text FROM pg_catalog.pg_index i
                         JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
                         WHERE i.indrelid = c.oid AND CASE c.relreplident WHEN 'd' THEN i.indisprimary
                                                                          WHEN 'i' THEN i.indisreplident END)
            FROM pg_catalog.pg_class c WHERE c.oid = ?::oid""";
    private static final String SHAPE =
            """
            SELECT pg_catalog.md5(concat_ws(' ', c.relreplident,
                (SELECT string_agg(concat_ws(' ', a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull), ','
                                      ORDER BY a.attnum)
                    FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
                (SELECT string_agg(concat_ws(' ', i.indexrelid, i.indkey, i.indisreplident), ','
                                               ORDER BY i.indexrelid)
                             FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisunique)))
            FROM pg_catalog.pg_class c WHERE c.oid = ?::oid""";

    /** Empty when there is no such table. */
    static Optional<CopiedTable> find(Connection connection, TableId id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setString(1, id.schema());
            statement.setString(2, id.name());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                Optional<CatalogTable> table = new Catalog(connection).table((int) row.getLong(1));
                if (table.isEmpty()) {
                    return Optional.empty();
                }
                CatalogTable found = table.orElseThrow();
                return Optional.of(new CopiedTable(found, byKey(connection, found), shape(connection, found.oid())));
            }
        }
    }

    /** Empty text for a table that is gone. */
    static String shape(Connection connection, int oid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SHAPE)) {
            statement.setLong(1, Integer.toUnsignedLong(oid));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getString(1) != null ? row.getString(1) : "";
            }
        }
    }

    private static boolean byKey(Connection connection, CatalogTable table) throws SQLException {
        List<String> key = table.key();
        boolean required = table.columns().stream()
                .filter(column -> key.contains(column.name()))
                .allMatch(column -> column.required());
        if (key.isEmpty() || !required) {
            return false;
        }
        return table.replicaIdentity() == 'f'
                || identity(connection, table.oid()).containsAll(key);
    }

    private static Set<String> identity(Connection connection, int oid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(IDENTITY)) {
            statement.setLong(1, Integer.toUnsignedLong(oid));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Set.of((String[]) row.getArray(1).getArray()) : Set.of();
            }
        }
    }
}
