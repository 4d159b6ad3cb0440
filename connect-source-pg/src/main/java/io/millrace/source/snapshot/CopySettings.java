package io.millrace.source.snapshot;

import io.millrace.source.catalog.TableFilter;

/**
 * One task's part in the initial copy.
 *
 * @param mirror names this mirror on the server: the slot and topic prefix
 * @param server the topic prefix, which Connect's offsets go by
 * @param lane this task's number
 * @param lanes how many tasks may have stored progress
 * @param streams whether a stream follows the copy
 * @param places most COPY sessions in the whole cluster
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
        int places) {}
