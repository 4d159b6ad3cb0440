package io.millrace.source.snapshot;

import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.TableId;

/**
 * A relation that holds rows, cut into chunks of equally many blocks. For a table published by its partition root there
 * is a piece for each leaf.
 *
 * @param table the table as whose rows its rows appear
 * @param stored the relation that is read
 * @param oid the stored relation's
 * @param blocksPerChunk the same in every session that shares the snapshot
 * @param chunks how many there are; blocks that the relation gained since the snapshot hold no row of it
 */
public record Piece(CatalogTable table, TableId stored, int oid, int blocksPerChunk, int chunks) {
    /** Chunk {@code number} as a condition on ctid; empty when it is the whole relation. */
    String condition(int number) {
        String from = number == 0 ? "" : "ctid >= '(" + (long) number * blocksPerChunk + ",0)'::tid";
        String to = number == chunks - 1 ? "" : "ctid < '(" + (number + 1L) * blocksPerChunk + ",0)'::tid";
        return from.isEmpty() ? to : to.isEmpty() ? from : from + " AND " + to;
    }

    long rowsPerChunk() {
        double rows = table.estimatedRows() < 0 ? 0 : table.estimatedRows();
        return (long) (rows / chunks);
    }
}
