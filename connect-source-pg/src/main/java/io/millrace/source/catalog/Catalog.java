package io.millrace.source.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code pg_class}, {@code pg_attribute} and {@code pg_index}: three queries for any number of tables. What it
 * returns is as of the transaction of the connection; run inside an exported snapshot, every session sees the same.
 */
public final class Catalog {
    private static final String TABLES =
            """
            SELECT c.oid::int8, n.nspname, c.relname, c.relkind, c.relispartition, c.relreplident, c.reltuples, c.relpages
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p'
              AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
              AND (?::int8 IS NULL OR c.oid = ?::oid)
            ORDER BY n.nspname, c.relname""";
    private static final String VIEWS =
            """
            SELECT c.oid::int8, n.nspname, c.relname, c.relkind, c.relispartition, c.relreplident, c.reltuples, c.relpages
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('v', 'm', 'f') AND NOT c.relispartition
              AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
            ORDER BY n.nspname, c.relname""";
    private static final String RELATION =
            """
            SELECT c.oid::int8, n.nspname, c.relname, c.relkind, c.relispartition, c.relreplident, c.reltuples, c.relpages
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f')""";
    private static final String COLUMNS =
            """
            SELECT a.attrelid::int8, a.attname, a.atttypid::int8, a.atttypmod, a.attnotnull,
                   CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END, a.attgenerated <> '',
                   a.attndims
            FROM pg_catalog.pg_attribute a
            LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = ANY (?::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attrelid, a.attnum""";
    private static final String KEYS =
            """
            SELECT DISTINCT ON (i.indrelid) i.indrelid::int8,
                   (SELECT array_agg(a.attname::text ORDER BY k.n)
                    FROM unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k(attnum, n)
                    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum)
            FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
            JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
            WHERE i.indrelid = ANY (?::oid[]) AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
              AND (i.indisprimary OR i.indimmediate AND (t.relkind = 'm'
                   OR coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::bool, false)
                   OR NOT EXISTS (
                       SELECT FROM unnest(i.indkey[0:i.indnkeyatts - 1]) AS k(attnum)
                       JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                       WHERE NOT a.attnotnull)))
            ORDER BY i.indrelid, i.indisprimary DESC, i.indisreplident DESC, c.relname""";
    private static final String LEAVES =
            """
            WITH RECURSIVE t(relid) AS (
                SELECT ?::oid UNION ALL
                SELECT i.inhrelid FROM t JOIN pg_catalog.pg_inherits i ON i.inhparent = t.relid AND NOT i.inhdetachpending)
            SELECT n.nspname, c.relname FROM t
            JOIN pg_catalog.pg_class c ON c.oid = t.relid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' ORDER BY n.nspname, c.relname""";

    private static final String PARTITIONS =
            """
            SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relispartition AND c.relkind = 'r'""";

    private static final String DEFAULT = "pg_catalog.pg_get_expr(d.adbin, d.adrelid)";

    private final Connection connection;
    private final String columns;

    public Catalog(Connection connection) {
        this(connection, COLUMNS);
    }

    private Catalog(Connection connection, String columns) {
        this.connection = connection;
        this.columns = columns;
    }

    /** The same, but that columns come without their defaults: for these alone the server waits until nobody alters the table. */
    public Catalog withoutDefaults() {
        return new Catalog(connection, COLUMNS.replace(DEFAULT, "NULL::text"));
    }

    /**
     * Every captured table with all its columns, in order of schema and name. Under {@code viaRoot} a partitioned table
     * stands for its partitions, else the partitions stand for themselves.
     */
    public List<CatalogTable> tables(TableFilter filter, boolean viaRoot) throws SQLException {
        List<CatalogTable> tables = load(null, filter);
        tables.removeIf(table -> viaRoot ? table.partition() : table.partitioned());
        return tables;
    }

    /**
     * The views, materialised views and foreign tables that the filter names, each by its own name, with all their columns.
     * They can be copied and not streamed.
     */
    public List<CatalogTable> views(TableFilter filter) throws SQLException {
        Map<Long, CatalogTable> found = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(VIEWS)) {
            while (rows.next()) {
                TableId id = new TableId(rows.getString(2), rows.getString(3));
                if (filter.names(id)) {
                    found.put(rows.getLong(1), head(id, rows));
                }
            }
        }
        return found.isEmpty() ? List.of() : complete(found);
    }

    /** One table by OID, also when the filter leaves it out; empty when it is gone. */
    public Optional<CatalogTable> table(int oid) throws SQLException {
        return load(oid, null).stream().findFirst();
    }

    /** One table, view, materialised view or foreign table; empty when there is none of this name. */
    public Optional<CatalogTable> relation(TableId id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(RELATION)) {
            statement.setString(1, id.schema());
            statement.setString(2, id.name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? complete(Map.of(row.getLong(1), head(id, row))).stream()
                                .findFirst()
                        : Optional.empty();
            }
        }
    }

    public boolean hasPrimaryKey(int oid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT 1 FROM pg_catalog.pg_index WHERE indrelid = ?::oid AND indisprimary")) {
            statement.setLong(1, Integer.toUnsignedLong(oid));
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /**
     * The tables that hold a partitioned table's rows, in order of name. Not by the server's own function, which shows them as
     * of now in every snapshot.
     */
    public List<TableId> leaves(CatalogTable root) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LEAVES)) {
            statement.setLong(1, Integer.toUnsignedLong(root.oid()));
            try (ResultSet rows = statement.executeQuery()) {
                List<TableId> leaves = new ArrayList<>();
                while (rows.next()) {
                    leaves.add(new TableId(rows.getString(1), rows.getString(2)));
                }
                return leaves;
            }
        }
    }

    /** Every table that is a partition and has rows of its own. */
    public Set<TableId> partitions() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(PARTITIONS)) {
            Set<TableId> partitions = new HashSet<>();
            while (rows.next()) {
                partitions.add(new TableId(rows.getString(1), rows.getString(2)));
            }
            return partitions;
        }
    }

    private List<CatalogTable> load(@Nullable Integer oid, @Nullable TableFilter filter) throws SQLException {
        return complete(heads(oid, filter));
    }

    /** With columns and keys. */
    private List<CatalogTable> complete(Map<Long, CatalogTable> found) throws SQLException {
        Long[] oids = found.keySet().toArray(Long[]::new);
        Map<Long, List<CatalogColumn>> columns = columns(oids);
        Map<Long, List<String>> keys = keys(oids);
        List<CatalogTable> tables = new ArrayList<>(found.size());
        found.forEach((key, head) -> {
            tables.add(new CatalogTable(
                    head.oid(),
                    head.id(),
                    head.kind(),
                    head.partition(),
                    head.replicaIdentity(),
                    head.estimatedRows(),
                    head.estimatedPages(),
                    columns.getOrDefault(key, List.of()),
                    keys.getOrDefault(key, List.of())));
        });
        return tables;
    }

    private Map<Long, CatalogTable> heads(@Nullable Integer oid, @Nullable TableFilter filter) throws SQLException {
        Map<Long, CatalogTable> found = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(TABLES)) {
            Long wanted = oid == null ? null : Integer.toUnsignedLong(oid);
            statement.setObject(1, wanted, java.sql.Types.BIGINT);
            statement.setObject(2, wanted, java.sql.Types.BIGINT);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    TableId id = new TableId(rows.getString(2), rows.getString(3));
                    if (filter == null || filter.includes(id)) {
                        found.put(rows.getLong(1), head(id, rows));
                    }
                }
            }
        }
        return found;
    }

    private static CatalogTable head(TableId id, ResultSet row) throws SQLException {
        return new CatalogTable(
                (int) row.getLong(1),
                id,
                row.getString(4).charAt(0),
                row.getBoolean(5),
                row.getString(6).charAt(0),
                row.getDouble(7),
                row.getInt(8),
                List.of(),
                List.of());
    }

    private Map<Long, List<CatalogColumn>> columns(Long[] oids) throws SQLException {
        Map<Long, List<CatalogColumn>> columns = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(this.columns)) {
            statement.setArray(1, connection.createArrayOf("int8", oids));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.computeIfAbsent(rows.getLong(1), ignored -> new ArrayList<>())
                            .add(new CatalogColumn(
                                    rows.getString(2),
                                    (int) rows.getLong(3),
                                    rows.getInt(4),
                                    rows.getInt(8),
                                    rows.getBoolean(5),
                                    rows.getString(6),
                                    rows.getBoolean(7)));
                }
            }
        }
        return columns;
    }

    private Map<Long, List<String>> keys(Long[] oids) throws SQLException {
        Map<Long, List<String>> keys = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(KEYS)) {
            statement.setArray(1, connection.createArrayOf("int8", oids));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    keys.put(
                            rows.getLong(1), List.of((String[]) rows.getArray(2).getArray()));
                }
            }
        }
        return keys;
    }
}
