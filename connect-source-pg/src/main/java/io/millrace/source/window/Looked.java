package io.millrace.source.window;

import io.millrace.source.catalog.Arrivals;
import java.util.List;

/**
 * What the last look for new tables and partitions had seen: whatever came since, also while nothing ran, is found by it.
 *
 * @param oldest every transaction before this one had ended by then, see {@link Arrivals#oldest}
 * @param filter tells what the configuration captured then
 * @param partitions that came by this or later transactions, and of which is settled what is copied
 */
public record Looked(String oldest, String filter, List<String> partitions) {
    /** Bits of as many transactions as may pass until a look is stored, whatever it saw. */
    private static final int LONG = 28;

    public Looked {
        partitions = List.copyOf(partitions);
    }

    /** Whether only time has passed, and not so much that ids of transactions begin to mean something else. */
    boolean sameBut(Looked earlier) {
        return filter.equals(earlier.filter)
                && partitions.equals(earlier.partitions)
                && Long.parseLong(oldest) >> LONG == Long.parseLong(earlier.oldest) >> LONG;
    }
}
