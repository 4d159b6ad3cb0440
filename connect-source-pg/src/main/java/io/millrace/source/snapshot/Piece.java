package io.millrace.source.snapshot;

import io.millrace.source.catalog.CatalogTable;
import io.millrace.source.catalog.TableId;

/**
 * A relation that holds rows, cut into chunks. For a table published by its partition root there is a piece for each
 * leaf.
 *
 * @param table the table as whose rows its rows appear
 * @param stored the relation that is read
 * @param oid the stored relation's
 * @param cut the same in every session that shares the snapshot
 */
public record Piece(CatalogTable table, TableId stored, int oid, Cut cut) {
    public int chunks() {
        return cut.chunks();
    }

    /** Which of so many tasks a chunk belongs to: neighbouring chunks to the same one, so that it has few ranges. */
    int home(int number, int tasks) {
        return (int) (((long) number * tasks / chunks() + Integer.toUnsignedLong(oid)) % tasks);
    }

    long rowsPerChunk() {
        double rows = table.estimatedRows() < 0 ? 0 : table.estimatedRows();
        return (long) (rows / chunks());
    }
}
