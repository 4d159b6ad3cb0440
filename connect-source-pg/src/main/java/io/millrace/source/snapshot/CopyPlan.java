package io.millrace.source.snapshot;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.ReplicaIdentities;
import io.millrace.source.catalog.TableId;
import io.millrace.source.position.CopiedRange;
import io.millrace.source.position.KeptRanges;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * The pieces of the captured tables: cut by blocks, or by ranges of a column where {@link PartitionKeys} names one. How many blocks a chunk has depends on the configuration and on what the exported
 * snapshot shows of {@code pg_statistic} alone, so that tasks that never talk to each other cut the same chunks.
 * {@code pg_class.reltuples} and {@code relpages} would not do: VACUUM overwrites them in place, for every snapshot.
 * Only the number of chunks at a piece's end may differ, and those hold no row of the snapshot.
 */
public final class CopyPlan {
    /** Keeps a chunk's time bounded where the statistics are missing or wrong. */
    private static final int MOST_BLOCKS = 1 << 17;

    private static final int ROW_OVERHEAD_BYTES = 28;
    private static final int UNKNOWN_WIDTH_BYTES = 24;

    private CopyPlan() {}

    /**
     * @param tables as read in the snapshot; {@code connection} is inside it
     * @param keys which tables are cut by a column
     */
    public static List<Piece> pieces(
            Connection connection, List<CatalogTable> tables, int rowsPerPartition, PartitionKeys keys)
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
            String column = keys.of(table.id());
            if (column != null) {
                pieces.add(new Piece(
                        table,
                        relation,
                        size.oid,
                        ranges(connection, table, relation, column, rowsPerPartition, size.file)));
                continue;
            }
            int blocks = blocksPerChunk(size.rowBytes, table.columns().size(), size.blockBytes, rowsPerPartition);
            int chunks = (int) Math.max(1, (size.blocks + blocks - 1) / blocks);
            pieces.add(new Piece(table, relation, size.oid, new Cut.Blocks(blocks, chunks)));
        }
        return pieces;
    }

    private static Cut ranges(
            Connection connection, CatalogTable table, TableId stored, String column, int rows, int file)
            throws SQLException {
        if (table.columns().stream().noneMatch(one -> one.name().equals(column))) {
            throw new ConnectException(PartitionKeys.KEY + ": table " + table.id() + " has no column " + column);
        }
        boolean keyed = stored.equals(table.id()) && keyed(connection, table, column);
        List<String> names = new ArrayList<>(List.of(column));
        if (keyed) {
            table.key().stream().filter(name -> !name.equals(column)).forEach(names::add);
        }
        Cut.Ranges none = new Cut.Ranges(stored.quoted(), names, List.of(), false, keyed, file, new BitSet());
        return KeyRanges.of(connection, table, none, rows);
    }

    /** Whether a row never leaves its range but by a change of its key, which the stream tells. */
    private static boolean keyed(Connection connection, CatalogTable table, String column) throws SQLException {
        return table.key().contains(column)
                && table.columns().stream()
                        .filter(one -> table.key().contains(one.name()))
                        .allMatch(CatalogColumn::required)
                && ReplicaIdentities.read(connection).of(table).containsAll(table.key());
    }

    /** The piece without what is copied already. The same in every session that shares the snapshot. */
    public static Piece keeping(Connection connection, Piece piece, KeptRanges kept) throws SQLException {
        if (kept.ranges().isEmpty() || !(piece.cut() instanceof Cut.Ranges cut)) {
            return piece;
        }
        List<CopiedRange> ranges =
                kept.ranges().stream().map(KeptRanges.Kept::range).toList();
        return new Piece(piece.table(), piece.stored(), piece.oid(), KeyRanges.keeping(connection, cut, ranges));
    }

    /**
     * @param rowBytes average width of a row's values by the statistics, 0 without any
     * @param blocks how large the relation is now
     * @param file where its rows are stored
     */
    private record Size(int oid, double rowBytes, long blocks, int blockBytes, int file) {}

    /** How many blocks hold about so many rows. */
    public static int blocksPerChunk(double rowBytes, int columns, int blockBytes, int rowsPerPartition) {
        double width = rowBytes > 0 ? rowBytes : (double) columns * UNKNOWN_WIDTH_BYTES;
        double rowsPerBlock = Math.max(1, blockBytes / (ROW_OVERHEAD_BYTES + width));
        return (int) Math.max(1, Math.min(MOST_BLOCKS, rowsPerPartition / rowsPerBlock));
    }

    private static Map<TableId, Size> sizes(Connection connection, List<TableId> relations) throws SQLException {
        Map<TableId, Size> sizes = new HashMap<>();
        String query =
                """
                SELECT n.nspname, c.relname, c.oid::int8, coalesce(s.width, 0),
                       pg_catalog.pg_relation_size(c.oid) / current_setting('block_size')::int8,
                       current_setting('block_size')::int4, c.relfilenode::int8
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                JOIN unnest(?::text[], ?::text[]) AS w(s, t) ON n.nspname = w.s AND c.relname = w.t
                LEFT JOIN (SELECT schemaname, tablename, sum(avg_width * (1 - null_frac)) AS width
                           FROM pg_catalog.pg_stats WHERE NOT inherited GROUP BY 1, 2) AS s
                  ON s.schemaname = n.nspname AND s.tablename = c.relname""";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setArray(
                    1, text(connection, relations.stream().map(TableId::schema).toList()));
            statement.setArray(
                    2, text(connection, relations.stream().map(TableId::name).toList()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    sizes.put(
                            new TableId(row.getString(1), row.getString(2)),
                            new Size((int) row.getLong(3), row.getDouble(4), row.getLong(5), row.getInt(6), (int)
                                    row.getLong(7)));
                }
            }
        }
        return sizes;
    }

    private static java.sql.Array text(Connection connection, List<String> values) throws SQLException {
        return connection.createArrayOf("text", values.toArray());
    }
}
