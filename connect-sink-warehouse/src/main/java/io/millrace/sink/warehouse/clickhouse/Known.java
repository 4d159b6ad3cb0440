package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.warehouse.clickhouse.Ledger.Entry;
import io.millrace.sink.warehouse.clickhouse.Ledger.State;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger has of a feed.
 *
 * @param epoch of the last claim, 0 without one
 * @param owner who made it
 * @param state how far it is, null when nothing is known
 */
record Known(long epoch, String owner, @Nullable State state) {
    static final Known NOTHING = new Known(0, "", null);

    static Known of(Entry entry) {
        return entry.state() == null
                ? new Known(entry.version() >> Ledger.STEP_BITS, entry.owner(), null)
                : new Known(0, "", entry.state());
    }

    /** The other one's rows are of the other kind. */
    Known and(Known other) {
        return state == null ? new Known(epoch, owner, other.state) : new Known(other.epoch, other.owner, state);
    }

    /** Whether it is in the ledger and not forgotten. */
    boolean isLive() {
        return state != null && !state.forgotten();
    }
}
