package io.millrace.source.snapshot;

import io.millrace.source.catalog.Catalog;
import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.ReplicaIdentities;
import io.millrace.source.catalog.TableId;
import io.millrace.source.position.CopiedRange;
import io.millrace.source.position.CutBy;
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
 * The pieces of the captured tables: cut by blocks, or by ranges of a column. How many blocks a chunk has depends on what
 * is asked for and on what the exported snapshot shows of {@code pg_statistic} alone, so that tasks that never talk to each
 * other cut the same chunks.
 * {@code pg_class.reltuples} and {@code relpages} would not do: VACUUM overwrites them in place, for every snapshot.
 * Only the number of chunks at a piece's end may differ, and those hold no row of the snapshot.
 */
public final class CopyPlan {
    /** Keeps a chunk's time bounded where the statistics are missing or wrong. */
    private static final int MOST_BLOCKS = 1 << 17;

    private static final int ROW_OVERHEAD_BYTES = 28;
    private static final int UNKNOWN_WIDTH_BYTES = 24;

    private CopyPlan() {}

    /** What a relation is to be cut by. */
    @FunctionalInterface
    public interface Wanted {
        /**
         * @param table the table as whose rows its rows appear
         * @param stored the relation that holds them
         */
        CutBy of(TableId table, TableId stored);
    }

    /**
     * @param tables as read in the snapshot; {@code connection} is inside it
     * @throws ConnectException when a table is to be cut by a column that it does not have
     */
    public static List<Piece> pieces(Connection connection, List<CatalogTable> tables, Wanted wanted)
            throws SQLException {
        Map<TableId, CatalogTable> owner = new HashMap<>();
        Catalog catalog = new Catalog(connection);
        List<TableId> order = new ArrayList<>();
        for (CatalogTable table : tables) {
            List<TableId> relations = table.partitioned() ? catalog.leaves(table) : List.of(table.id());
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
            CutBy by = wanted.of(table.id(), relation);
            Cut whole = table.stored() ? blocks(table, size, by.rows()) : new Cut.Whole(by.rows());
            Cut cut = by.column().isEmpty() ? whole : ranges(connection, table, relation, by, size.file);
            pieces.add(new Piece(table, relation, size.oid, cut));
        }
        return pieces;
    }

    private static Cut blocks(CatalogTable table, Size size, int rows) {
        int blocks = blocksPerChunk(size.rowBytes, table.columns().size(), size.blockBytes, rows);
        int chunks = (int) Math.max(1, (size.blocks + blocks - 1) / blocks);
        return new Cut.Blocks(rows, blocks, chunks);
    }

    private static Cut ranges(Connection connection, CatalogTable table, TableId stored, CutBy by, int file)
            throws SQLException {
        String column = by.column();
        if (table.columns().stream().noneMatch(one -> one.name().equals(column))) {
            throw new ConnectException(PartitionKeys.KEY + ": table " + table.id() + " has no column " + column);
        }
        boolean keyed = stored.equals(table.id()) && keyed(connection, table, column);
        List<String> names = new ArrayList<>(List.of(column));
        if (keyed) {
            table.key().stream().filter(name -> !name.equals(column)).forEach(names::add);
        }
        Cut.Ranges none =
                new Cut.Ranges(stored.quoted(), by.rows(), names, List.of(), false, keyed, file, new BitSet());
        return KeyRanges.of(connection, table, none);
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
