package io.millrace.source.snapshot;

import io.millrace.source.catalog.TableFilter;
import io.millrace.source.catalog.TableId;
import io.millrace.source.position.CutBy;

/**
 * One task's part in the initial copy.
 *
 * @param mirror names this mirror on the server: the slot and topic prefix
 * @param server the topic prefix, which Connect's offsets go by
 * @param lane this task's number
 * @param lanes how many tasks may have stored progress
 * @param streams whether a stream follows the copy
 * @param slotTimeoutMillis how long a slot may take to be made
 * @param places most COPY sessions in the whole cluster
 * @param tasks how many tasks take part now
 * @param yieldsToDdl whether DDL that waits for a table's lock goes before the rest of the table
 * @param partitionKeys which tables are cut by a column
 * @param keylessAnew whether a table without a key, of which rows may have been sent twice, is copied again from another
 *     snapshot, as another generation
 * @param exactlyOnce whether a row may not be read by one task when another may have emitted it
 */
public record CopySettings(
        String mirror,
        String server,
        int lane,
        int lanes,
        TableFilter filter,
        boolean viaRoot,
        int rowsPerPartition,
        boolean streams,
        int slotTimeoutMillis,
        int places,
        int tasks,
        boolean exactlyOnce,
        boolean yieldsToDdl,
        PartitionKeys partitionKeys,
        boolean keylessAnew) {
    /** What the configuration has a table cut by. */
    public CutBy cutBy(TableId table) {
        String column = partitionKeys.of(table);
        return new CutBy(rowsPerPartition, column == null ? "" : column);
    }
}
