package io.millrace.source.window;

import java.util.Set;

/**
 * The transactions that the stream has shown last. A commit is in the stream before snapshots show it, by as long as
 * the server takes to make it visible (with synchronous replication, until the standby answers): such a transaction
 * changed rows that a window opened after it was shown reads in their old version. A transaction is forgotten when another
 * one is shown whose id is a multiple of 2<sup>20</sup> away; asking costs the same however many there are. Not
 * thread-safe.
 */
final class Transactions {
    private static final int KEPT = 1 << 20;

    /** By the lower bits of their ids: an id, and in the upper half how many had been shown before. */
    private final long[] shown = new long[KEPT];

    private long count;

    void shown(int xid) {
        // Numbered from 1, so that no entry is 0.
        count++;
        // One that comes again, as after a lost connection, counts from when it came first: only then were its rows
        // shown.
        if ((int) shown[xid & (KEPT - 1)] != xid) {
            shown[xid & (KEPT - 1)] = count << Integer.SIZE | Integer.toUnsignedLong(xid);
        }
    }

    /** How many have been shown so far. */
    long count() {
        return count;
    }

    /** Whether one of these was shown among the first so many. */
    boolean anyOf(Set<Integer> xids, long first) {
        for (int xid : xids) {
            long entry = shown[xid & (KEPT - 1)];
            // Of the number the lower half is kept: both are of about the same time.
            if (entry != 0 && (int) entry == xid && (int) first - (int) (entry >>> Integer.SIZE) >= 0) {
                return true;
            }
        }
        return false;
    }
}
