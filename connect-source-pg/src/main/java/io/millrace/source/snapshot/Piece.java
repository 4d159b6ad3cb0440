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
    /** How many runs of neighbours a task has, at least, in each half of a large table. */
    private static final int RUNS = 4;

    public int chunks() {
        return cut.chunks();
    }

    /**
     * Which of so many tasks a chunk belongs to, whatever the number of chunks: that grows with the table, and each task,
     * and each of its lives, plans by itself. Neighbours belong to the same task, the more of them the larger the table, so
     * that it has few ranges and as many chunks as any other.
     */
    int home(int number, int tasks) {
        int run = Integer.highestOneBit(Math.max(1, number / (RUNS * tasks)));
        return (int) ((number / run + Integer.toUnsignedLong(oid)) % tasks);
    }

    long rowsPerChunk() {
        double rows = table.estimatedRows() < 0 ? 0 : table.estimatedRows();
        return (long) (rows / chunks());
    }
}
