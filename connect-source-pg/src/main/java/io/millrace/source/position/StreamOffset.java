package io.millrace.source.position;

import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One event's source offset in Debezium's keys and ours. A view of a few numbers: it becomes entries only when Connect
 * stores it, which it does for one in thousands.
 */
public final class StreamOffset extends AbstractMap<String, Object> {
    private final StreamPosition position;
    private final long lsn;
    private final long xid;
    private final long commitMicros;
    private final @Nullable String messageType;
    private final long eventsAtLsn;

    /**
     * @param lsn the event's own LSN
     * @param xid 0 outside a transaction
     * @param commitMicros microseconds since 1970 UTC
     * @param messageType INSERT, UPDATE, DELETE, TRUNCATE; null outside an event
     * @param eventsAtLsn how many events of this LSN have been emitted, this one included
     */
    public StreamOffset(
            StreamPosition position,
            long lsn,
            long xid,
            long commitMicros,
            @Nullable String messageType,
            long eventsAtLsn) {
        this.position = position;
        this.lsn = lsn;
        this.xid = xid;
        this.commitMicros = commitMicros;
        this.messageType = messageType;
        this.eventsAtLsn = eventsAtLsn;
    }

    /** Between transactions, everything before {@code lsn} emitted. */
    public static StreamOffset between(StreamPosition position, long micros) {
        return new StreamOffset(position, position.wholeLsn(), 0, micros, null, 0);
    }

    /** The same event, known to be the last of a whole transaction. */
    public StreamOffset at(StreamPosition whole) {
        return new StreamOffset(whole, lsn, xid, commitMicros, messageType, eventsAtLsn);
    }

    public StreamPosition position() {
        return position;
    }

    /** Whether it is a change's of the source, in a transaction. */
    public boolean ofChange() {
        return xid != 0 && messageType != null;
    }

    public long commitMicros() {
        return commitMicros;
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
        List<Entry<String, Object>> entries = new ArrayList<>(10);
        entries.add(Map.entry(StreamPosition.LSN, lsn));
        entries.add(Map.entry(StreamPosition.LSN_PROC, lsn));
        entries.add(Map.entry(StreamPosition.LSN_COMMIT, position.wholeLsn()));
        entries.add(Map.entry("ts_usec", commitMicros));
        if (xid != 0) {
            entries.add(Map.entry("txId", xid));
        }
        if (messageType != null) {
            entries.add(Map.entry("messageType", messageType));
        }
        if (eventsAtLsn > 0) {
            entries.add(Map.entry("lsn_events_processed", eventsAtLsn));
        }
        if (position.commitLsn() != 0) {
            entries.add(Map.entry(StreamPosition.COMMIT_LSN, position.commitLsn()));
            entries.add(Map.entry(StreamPosition.ORDINAL, position.ordinal()));
        }
        if (!position.stream().isEmpty()) {
            entries.add(Map.entry(StreamPosition.STREAM, position.stream()));
        }
        if (position.lanes() != 0) {
            entries.add(Map.entry(Phase.LANES, (long) position.lanes()));
        }
        return new java.util.LinkedHashSet<>(entries);
    }
}
