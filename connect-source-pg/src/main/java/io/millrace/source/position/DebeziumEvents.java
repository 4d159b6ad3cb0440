package io.millrace.source.position;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which events of the transaction under way Debezium had emitted when it stored an offset: those up to an LSN, and of
 * those at this LSN so many. Asked for each event in order; not thread-safe.
 */
public final class DebeziumEvents {
    private final long xid;
    private final long lsn;
    private final long atLsn;
    private long seen;

    private DebeziumEvents(long xid, long lsn, long atLsn) {
        this.xid = xid;
        this.lsn = lsn;
        this.atLsn = atLsn;
    }

    /** Null for an offset of ours, and for one that is not in the middle of a transaction. */
    static @Nullable DebeziumEvents of(Map<String, ?> offset) {
        Long xid = StreamPosition.number(offset.get("txId"));
        Long lsn = StreamPosition.number(offset.get(StreamPosition.LSN));
        Long commit = StreamPosition.number(offset.get(StreamPosition.LSN_COMMIT));
        boolean between = String.valueOf(offset.get("messageType")).matches("BEGIN|COMMIT|null");
        if (offset.containsKey(StreamPosition.ORDINAL) || xid == null || lsn == null || commit == null || between) {
            return null;
        }
        Long events = StreamPosition.number(offset.get("lsn_events_processed"));
        return Long.compareUnsigned(lsn, commit) > 0
                ? new DebeziumEvents(xid, lsn, events == null ? 1 : Math.max(1, events))
                : null;
    }

    /** The same, nothing asked yet. */
    DebeziumEvents anew() {
        return new DebeziumEvents(xid, lsn, atLsn);
    }

    /** Whether it had emitted the next event of a transaction. */
    public boolean covers(long eventXid, long eventLsn) {
        if (eventXid != xid || Long.compareUnsigned(eventLsn, lsn) > 0) {
            return false;
        }
        return eventLsn != lsn || ++seen <= atLsn;
    }
}
