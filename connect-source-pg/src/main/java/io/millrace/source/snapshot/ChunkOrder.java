package io.millrace.source.snapshot;

import java.util.BitSet;

/**
 * Where a task looks for its next chunk, so that what it copies of a table stays a few runs of chunks, however many
 * chunks there are and however unequal the tasks: runs are what is stored. Pure.
 */
final class ChunkOrder {
    private ChunkOrder() {}

    /**
     * @param taken what is copied already, or in this task's hands
     * @param last the chunk that the task had last; negative for none
     * @param home where the task begins
     */
    static int start(BitSet taken, int chunks, int last, int home) {
        int next = last < 0 ? home : last + 1;
        if (next < chunks && !taken.get(next)) {
            return next;
        }
        // Half of what another task still has before it, which that task comes to last.
        int from = 0;
        int most = 0;
        int middle = home;
        while (from < chunks) {
            int begin = taken.nextClearBit(from);
            if (begin >= chunks) {
                break;
            }
            int set = taken.nextSetBit(begin);
            int end = set < 0 || set > chunks ? chunks : set;
            if (end - begin > most) {
                most = end - begin;
                middle = begin + most / 2;
            }
            from = end;
        }
        return middle;
    }
}
