package io.millrace.source.catalog;

import io.millrace.core.TableIndex;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.connect.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The indexes of tables beside their primary keys, as the catalog has them now. Those that name columns only can be
 * told; others (expressions, conditions, a collation of their own, other access methods) are left out, each named once
 * in the log. Thread-safe.
 */
public final class SourceIndexes {
    /** {@code table.propagate.source.indexes}: whether they are told at all. */
    public static final String KEY = "table.propagate.source.indexes";

    private static final Logger LOG = LoggerFactory.getLogger(SourceIndexes.class);
    private static final Set<String> METHODS = Set.of("btree", "hash", "gin", "gist", "spgist", "brin");
    private static final int DESCENDING = 1;
    private static final int NULLS_FIRST = 2;
    private static final String QUERY =
            """
            SELECT i.relname, m.amname, x.indisunique,
                   x.indpred IS NOT NULL OR x.indexprs IS NOT NULL OR EXISTS (
                       SELECT FROM generate_series(0, x.indnkeyatts - 1) n
                       JOIN pg_catalog.pg_attribute c ON c.attrelid = x.indrelid AND c.attnum = x.indkey[n]
                       WHERE x.indcollation[n] NOT IN (0, c.attcollation)),
                   k.n > x.indnkeyatts, a.attname, x.indoption[(k.n - 1)::int4],
                   CASE WHEN NOT o.opcdefault THEN o.opcname END
            FROM pg_catalog.pg_index x
            JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
            JOIN pg_catalog.pg_am m ON m.oid = i.relam
            JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
            JOIN pg_catalog.pg_namespace s ON s.oid = t.relnamespace
            CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY k (attnum, n)
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum
            LEFT JOIN pg_catalog.pg_opclass o ON k.n <= x.indnkeyatts AND o.oid = x.indclass[(k.n - 1)::int4]
            WHERE s.nspname = ? AND t.relname = ? AND NOT x.indisprimary AND x.indisvalid
            ORDER BY i.relname, k.n""";

    private final Database database;
    private final String role;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /** @param role the sessions' {@code application_name} */
    public SourceIndexes(Database database, String role) {
        this.database = database;
        this.role = role;
    }

    /** In order of name; none for what is no table. */
    public List<TableIndex> of(TableId table) {
        try (Connection connection = database.connect(role);
                PreparedStatement statement = connection.prepareStatement(QUERY)) {
            statement.setString(1, table.schema());
            statement.setString(2, table.name());
            try (ResultSet rows = statement.executeQuery()) {
                return read(table, rows);
            }
        } catch (SQLException e) {
            throw new RetriableException("Cannot read the indexes of " + table, e);
        }
    }

    private List<TableIndex> read(TableId table, ResultSet rows) throws SQLException {
        List<TableIndex> indexes = new ArrayList<>();
        boolean more = rows.next();
        while (more) {
            String name = rows.getString(1);
            String method = rows.getString(2);
            boolean unique = rows.getBoolean(3);
            boolean describable = !rows.getBoolean(4) && METHODS.contains(method);
            List<TableIndex.Column> columns = new ArrayList<>();
            List<String> included = new ArrayList<>();
            do {
                if (rows.getBoolean(5)) {
                    included.add(rows.getString(6));
                } else if (describable) {
                    columns.add(column(rows));
                }
                more = rows.next();
            } while (more && name.equals(rows.getString(1)));
            if (describable) {
                indexes.add(new TableIndex(name, method, unique, columns, included));
            } else if (told.add(table + "." + name)) {
                LOG.warn(
                        "Index {} of table {} is not told to sinks: it has an expression, a condition, a collation of its own or the access method {}. Make it on the target by hand where it is wanted",
                        name,
                        table,
                        method);
            }
        }
        return indexes;
    }

    private static TableIndex.Column column(ResultSet row) throws SQLException {
        int options = row.getInt(7);
        String opclass = row.getString(8);
        return new TableIndex.Column(
                row.getString(6),
                (options & DESCENDING) != 0,
                (options & NULLS_FIRST) != 0,
                opclass == null ? "" : opclass);
    }
}
