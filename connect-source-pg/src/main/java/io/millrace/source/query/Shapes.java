package io.millrace.source.query;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.TableId;
import io.millrace.source.snapshot.CopyPlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Looks a mirror's relation up in the catalog. */
final class Shapes {
    /** A table, what inherits from it and its partitions: whatever of these holds rows. */
    private static final String STORED =
            """
            WITH RECURSIVE tree(oid) AS (
              SELECT ?::regclass::oid
              UNION ALL SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree t ON i.inhparent = t.oid)
            SELECT n.nspname, c.relname, c.oid::int8, coalesce(pg_catalog.pg_relation_filenode(c.oid), 0)::int8,
                   CASE WHEN c.relkind = 'f' THEN 0
                        ELSE pg_catalog.pg_relation_size(c.oid) / current_setting('block_size')::int8 END,
                   current_setting('block_size')::int4,
                   coalesce((SELECT sum(s.avg_width * (1 - s.null_frac)) FROM pg_catalog.pg_stats s
                             WHERE s.schemaname = n.nspname AND s.tablename = c.relname AND NOT s.inherited), 0),
                   pg_catalog.has_table_privilege(c.oid, 'SELECT')
                     AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
            FROM tree t JOIN pg_catalog.pg_class c ON c.oid = t.oid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'm', 'f') ORDER BY n.nspname, c.relname""";

    private static final String INDEXED =
            """
            SELECT EXISTS (
              SELECT FROM pg_catalog.pg_index i
              JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
              JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = x.relam
              WHERE i.indrelid = ?::regclass AND a.attname = ? AND i.indisvalid AND i.indpred IS NULL
                AND m.amname = 'btree')""";

    /** A sequence that gives out one value at a time, owned by the column. */
    private static final String SEQUENCE =
            """
            SELECT EXISTS (
              SELECT FROM pg_catalog.pg_sequence s WHERE s.seqcache = 1 AND s.seqincrement > 0 AND NOT s.seqcycle
                AND s.seqrelid = pg_catalog.pg_get_serial_sequence(?, ?)::regclass)""";

    /** A relation, its partitions and what views select from, down to what holds rows. */
    private static final String ELSEWHERE =
            """
            WITH RECURSIVE used(oid) AS (
              SELECT ?::regclass::oid
              UNION SELECT of.oid FROM used u CROSS JOIN LATERAL (
                SELECT i.inhrelid AS oid FROM pg_catalog.pg_inherits i WHERE i.inhparent = u.oid
                UNION ALL SELECT d.refobjid FROM pg_catalog.pg_rewrite r
                JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
                  AND d.refclassid = 'pg_catalog.pg_class'::regclass
                WHERE r.ev_class = u.oid AND r.ev_type = '1') AS of)
            SELECT EXISTS (SELECT FROM used u JOIN pg_catalog.pg_class c ON c.oid = u.oid WHERE c.relkind IN ('f', 'm'))""";

    private final Connection session;

    Shapes(Connection session) {
        this.session = session;
    }

    /** @throws ConnectException when there is no such relation or column */
    Shape find(MirrorSettings settings) throws SQLException {
        Catalog catalog = new Catalog(session);
        Template query = settings.query();
        if (query != null) {
            Shape.Column column = column(catalog, settings.watermark());
            return new Shape(new QueryColumns(session).of(settings.table(), query, column), query, List.of(), column);
        }
        CatalogTable table = relation(catalog, "table", settings.table());
        boolean blocks = table.kind() == 'r' || table.kind() == 'p' || table.kind() == 'm';
        List<Shape.Stored> stored = blocks ? stored(table, settings.rowsPerPartition()) : List.of();
        return new Shape(table, null, stored, column(catalog, settings.watermark()));
    }

    private static CatalogTable relation(Catalog catalog, String key, TableId id) throws SQLException {
        return catalog.relation(id)
                .orElseThrow(() -> new ConnectException(
                        key + ": " + id + " does not exist: give schema.table as the catalog spells it"));
    }

    private Shape.@Nullable Column column(Catalog catalog, MirrorSettings.@Nullable Watermark watermark)
            throws SQLException {
        if (watermark == null || watermark.xmin()) {
            return null;
        }
        CatalogTable table = relation(catalog, "watermark.table", watermark.table());
        for (CatalogColumn column : table.columns()) {
            if (column.name().equals(watermark.column())) {
                WatermarkType type = WatermarkType.of(column.typeOid());
                if (type == null) {
                    throw new ConnectException("watermark.column: " + table.id() + "." + column.name()
                            + " is no integer, timestamp, date or uuid");
                }
                return new Shape.Column(
                        table.id(),
                        column.name(),
                        type,
                        column.required(),
                        is(INDEXED, table.id().quoted(), column.name()),
                        served(table, column, type),
                        is(ELSEWHERE, table.id().quoted()));
            }
        }
        throw new ConnectException("watermark.column: " + table.id() + " has no column " + watermark.column());
    }

    private boolean served(CatalogTable table, CatalogColumn column, WatermarkType type) throws SQLException {
        return type.isInteger()
                ? is(SEQUENCE, table.id().quoted(), column.name())
                : RisingDefault.is(type, column.defaultExpression());
    }

    private boolean is(String query, String... parameters) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(query)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** None when one of them cannot be read by itself. */
    private List<Shape.Stored> stored(CatalogTable table, int rowsPerPartition) throws SQLException {
        List<Shape.Stored> stored = new ArrayList<>();
        boolean readable = true;
        try (PreparedStatement statement = session.prepareStatement(STORED)) {
            statement.setString(1, table.id().quoted());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    int blocks = CopyPlan.blocksPerChunk(
                            row.getDouble(7), table.columns().size(), row.getInt(6), rowsPerPartition);
                    stored.add(new Shape.Stored(
                            new TableId(row.getString(1), row.getString(2)),
                            row.getLong(3),
                            row.getLong(4),
                            row.getLong(5),
                            blocks));
                    readable &= row.getBoolean(8);
                }
            }
        }
        return readable ? stored : List.of();
    }

    /** Whether two are read alike: what was read under one goes on under the other. */
    static boolean alike(@Nullable Shape a, Shape b) {
        return a != null
                && a.table().columns().equals(b.table().columns())
                && a.table().key().equals(b.table().key())
                && a.table().id().equals(b.table().id());
    }
}
