package io.millrace.source.snapshot;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The pieces of the captured tables. It depends on the configuration and on the catalog as the exported snapshot shows
 * it, so that tasks that never talk to each other cut the same chunks; only the number of chunks at a piece's end
 * may differ, and those hold no row of the snapshot.
 */
public final class CopyPlan {
    /** Keeps a chunk's time bounded where the statistics are missing or wrong. */
    private static final int MOST_BLOCKS = 1 << 17;

    private static final int ROW_OVERHEAD_BYTES = 28;
    private static final int UNKNOWN_WIDTH_BYTES = 24;

    private CopyPlan() {}

    /** @param tables as read in the snapshot; {@code connection} is inside it */
    public static List<Piece> pieces(Connection connection, List<CatalogTable> tables, int rowsPerPartition)
            throws SQLException {
        Map<TableId, CatalogTable> owner = new HashMap<>();
        Catalog catalog = new Catalog(connection);
        List<TableId> order = new ArrayList<>();
        for (CatalogTable table : tables) {
            List<TableId> relations = table.partitioned() ? catalog.leaves(table.id()) : List.of(table.id());
            for (TableId relation : relations) {
                owner.put(relation, table);
                order.add(relation);
            }
        }
        Map<TableId, Size> sizes = sizes(connection, order);
        List<Piece> pieces = new ArrayList<>();
        for (TableId relation : order) {
            CatalogTable table = owner.get(relation);
            Size size = sizes.get(relation);
            if (table == null || size == null) {
                continue;
            }
            int blocks = blocksPerChunk(size, table.columns().size(), rowsPerPartition);
            int chunks = (int) Math.max(1, (size.blocks + blocks - 1) / blocks);
            pieces.add(new Piece(table, relation, size.oid, blocks, chunks));
        }
        return pieces;
    }

    /** What the snapshot's catalog says of a relation, and how large it is now. */
    private record Size(int oid, double rows, int pages, long blocks, int blockBytes) {}

    static int blocksPerChunk(double rows, int pages, int columns, int blockBytes, int rowsPerPartition) {
        double rowsPerBlock = rows > 0 && pages > 0
                ? rows / pages
                : (double) blockBytes / (ROW_OVERHEAD_BYTES + (long) columns * UNKNOWN_WIDTH_BYTES);
        return (int) Math.max(1, Math.min(MOST_BLOCKS, rowsPerPartition / Math.max(rowsPerBlock, 0.01)));
    }

    private static int blocksPerChunk(Size size, int columns, int rowsPerPartition) {
        return blocksPerChunk(size.rows, size.pages, columns, size.blockBytes, rowsPerPartition);
    }

    private static Map<TableId, Size> sizes(Connection connection, List<TableId> relations) throws SQLException {
        Map<TableId, Size> sizes = new HashMap<>();
        String query =
                """
                SELECT n.nspname, c.relname, c.oid::int8, c.reltuples, c.relpages,
                       pg_catalog.pg_relation_size(c.oid) / current_setting('block_size')::int8,
                       current_setting('block_size')::int4
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                JOIN unnest(?::text[], ?::text[]) AS w(s, t) ON n.nspname = w.s AND c.relname = w.t""";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setArray(
                    1, text(connection, relations.stream().map(TableId::schema).toList()));
            statement.setArray(
                    2, text(connection, relations.stream().map(TableId::name).toList()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    sizes.put(
                            new TableId(row.getString(1), row.getString(2)),
                            new Size(
                                    (int) row.getLong(3),
                                    row.getDouble(4),
                                    row.getInt(5),
                                    row.getLong(6),
                                    row.getInt(7)));
                }
            }
        }
        return sizes;
    }

    private static java.sql.Array text(Connection connection, List<String> values) throws SQLException {
        return connection.createArrayOf("text", values.toArray());
    }
}
