package io.millrace.source.snapshot;

import io.millrace.source.record.KeyOrder;
import io.millrace.source.record.TableSchemas;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Whether the keys that a table is cut by are sorted by their records as the server sorts them. */
public final class OrderedKeys {
    /** Texts only by their bytes; C and the built-in provider's locales go by code points. */
    private static final String SAME_ORDER =
            """
            SELECT count(*) = cardinality(?::text[])
            FROM pg_catalog.pg_attribute a
            JOIN pg_catalog.pg_database d ON d.datname = current_database()
            LEFT JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation
            WHERE a.attrelid = ?::regclass AND a.attname = ANY (?::text[])
              AND (a.atttypid IN (20, 21, 23, 1082, 1114, 1184, 1700, 2950)
                   OR a.atttypid IN (25, 1043) AND pg_catalog.pg_encoding_to_char(d.encoding) IN ('UTF8', 'LATIN1')
                      AND CASE c.collprovider
                          WHEN 'd' THEN coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') = 'b'
                               OR coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') = 'c' AND d.datcollate IN ('C', 'POSIX')
                          WHEN 'c' THEN c.collcollate IN ('C', 'POSIX')
                          ELSE c.collprovider = 'b' END)""";

    private OrderedKeys() {}

    public static boolean of(Connection connection, Piece piece, TableSchemas schemas) throws SQLException {
        if (!(piece.cut() instanceof Cut.Ranges cut)) {
            return false;
        }
        KeyOrder keys = new ChunkReader(piece, schemas).keys();
        if (keys == null || !keys.sorts()) {
            return false;
        }
        try (PreparedStatement statement = connection.prepareStatement(SAME_ORDER)) {
            java.sql.Array names = connection.createArrayOf("text", cut.names().toArray());
            statement.setArray(1, names);
            statement.setString(2, cut.relation());
            statement.setArray(3, names);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }
}
