package io.millrace.source.position;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far the stream has been emitted.
 *
 * @param wholeLsn end of the last transaction that was emitted whole: where the server may start again, and what may
 *     be confirmed to the slot once this position is stored
 * @param commitLsn commit LSN of the transaction that the last event belongs to
 * @param ordinal that event's ordinal in it, from 1, counted as received, before any filter
 * @param lanes while the stream repeats events that copied rows have already seen: how many lanes of the copy have
 *     stored up to where that is so; 0 when it is over
 * @param stream what the ordinal was counted in, see {@link #in}, and behind an @ the server's timeline
 * @param theirs what Debezium had emitted, where it has stored this position in the middle of a transaction
 */
public record StreamPosition(
        long wholeLsn, long commitLsn, long ordinal, int lanes, String stream, @Nullable DebeziumEvents theirs) {
    private static final char TIMELINE = '@';

    static final String STREAM = "millrace.stream";
    static final String COMMIT_LSN = "millrace.commit_lsn";
    static final String ORDINAL = "millrace.ordinal";
    static final String LSN = "lsn";
    static final String LSN_PROC = "lsn_proc";
    static final String LSN_COMMIT = "lsn_commit";

    /** Nothing emitted yet of what commits at or after this LSN. */
    public static StreamPosition at(long lsn, int lanes) {
        return new StreamPosition(lsn, 0, 0, lanes, "", null);
    }

    /**
     * This position in a stream, which a text tells from others that the slot could bring: of another publication, with
     * other options, from another server. In another stream than that in which it was counted an ordinal means nothing:
     * then the position is the end of the last whole transaction.
     */
    public StreamPosition in(String current) {
        boolean counts = ordinal == 0 || isOf(current);
        DebeziumEvents anew = theirs == null ? null : theirs.anew();
        return counts
                ? new StreamPosition(wholeLsn, commitLsn, ordinal, lanes, current, anew)
                : new StreamPosition(wholeLsn, 0, 0, lanes, current, anew);
    }

    /** Whether this position was counted in that stream, on whichever timeline. */
    public boolean isOf(String other) {
        return without(stream).equals(without(other));
    }

    /** The timeline of the server that it was read from; 0 where that is not known. */
    public long timeline() {
        return timeline(stream);
    }

    public static long timeline(String stream) {
        int at = stream.lastIndexOf(TIMELINE);
        try {
            return at < 0 ? 0 : Long.parseLong(stream.substring(at + 1));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** @param fingerprint without an @ */
    public static String stream(String fingerprint, long timeline) {
        return fingerprint + TIMELINE + timeline;
    }

    private static String without(String stream) {
        int at = stream.lastIndexOf(TIMELINE);
        return at < 0 ? stream : stream.substring(0, at);
    }

    /** What Connect has stored for the stream, ours or Debezium's; null without a usable LSN. */
    public static @Nullable StreamPosition of(Map<String, ?> offset) {
        Long whole = number(offset.get(LSN_COMMIT));
        if (whole == null) {
            whole = number(offset.get(LSN_PROC));
        }
        if (whole == null) {
            whole = number(offset.get(LSN));
        }
        if (whole == null) {
            return null;
        }
        Long commit = number(offset.get(COMMIT_LSN));
        Long ordinal = number(offset.get(ORDINAL));
        Long lanes = number(offset.get(Phase.LANES));
        return new StreamPosition(
                whole,
                commit == null ? 0 : commit,
                ordinal == null ? 0 : ordinal,
                lanes == null ? 0 : lanes.intValue(),
                offset.get(STREAM) instanceof String stream ? stream : "",
                DebeziumEvents.of(offset));
    }

    /** Whether an event was emitted before this position was stored. To be asked for each event once, in order. */
    public boolean covers(long eventCommitLsn, long eventOrdinal, long xid, long eventLsn) {
        return Long.compareUnsigned(eventCommitLsn, wholeLsn) < 0
                || eventCommitLsn == commitLsn && eventOrdinal <= ordinal
                || theirs != null && theirs.covers(xid, eventLsn);
    }

    static @Nullable Long number(@Nullable Object value) {
        return value instanceof Number n ? (Long) n.longValue() : null;
    }
}
