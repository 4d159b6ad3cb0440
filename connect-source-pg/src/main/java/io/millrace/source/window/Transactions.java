package io.millrace.source.window;

import java.util.Set;

/**
 * The transactions that the stream has shown last. A commit is in the stream before snapshots show it, by as long as
 * the server takes to make it visible (with synchronous replication, until the standby answers): such a transaction
 * changed rows that a window opened after it was shown reads in their old version. Not thread-safe.
 */
final class Transactions {
    private static final int KEPT = 1 << 12;

    private final int[] shown = new int[KEPT];
    private long count;

    void shown(int xid) {
        shown[(int) (count++ % KEPT)] = xid;
    }

    /** How many have been shown so far. */
    long count() {
        return count;
    }

    /** Whether one of these was shown among the first so many. */
    boolean anyOf(Set<Integer> xids, long first) {
        if (xids.isEmpty()) {
            return false;
        }
        for (long i = Math.max(0, count - KEPT); i < first; i++) {
            if (xids.contains(shown[(int) (i % KEPT)])) {
                return true;
            }
        }
        return false;
    }
}
