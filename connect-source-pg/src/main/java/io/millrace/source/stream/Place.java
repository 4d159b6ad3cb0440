package io.millrace.source.stream;

import io.millrace.source.position.StreamPosition;

/**
 * Where the message at hand stands: in the WAL, in its transaction, and against the position from which the stream goes
 * on. Ordinals count messages as received, so they are the same after a restart with other filters. Not thread-safe.
 */
final class Place {
    private final StreamPosition resume;
    private long lsn;
    private int size;
    private long commitLsn;
    private long commitMicros;
    private long xid;
    private long ordinal;
    private long shownBefore;
    private boolean inTransaction;
    private boolean muted;
    private String previousCommit;

    /** @param resume what was emitted before */
    Place(StreamPosition resume) {
        this.resume = resume;
        this.previousCommit = quoted(resume.wholeLsn());
    }

    /** The next message lies here in the WAL and has so many bytes. */
    void message(long messageLsn, int bytes) {
        lsn = messageLsn;
        size = bytes;
    }

    void begin(long transactionCommitLsn, long micros, long transactionId) {
        commitLsn = transactionCommitLsn;
        commitMicros = micros;
        xid = transactionId;
        ordinal = 0;
        inTransaction = true;
    }

    void commit(long endLsn) {
        shownBefore = endLsn;
        inTransaction = false;
        previousCommit = quoted(endLsn);
    }

    /** A message outside transactions stands for a commit of its own. */
    void outside(long messageLsn) {
        previousCommit = quoted(messageLsn);
    }

    /** The message is an event of the transaction. */
    void count() {
        ordinal++;
    }

    /**
     * Whether the event was emitted before. To be asked once for each event; it is {@link #muted} then.
     */
    boolean covered() {
        muted = resume.covers(commitLsn, ordinal, xid, lsn);
        return muted;
    }

    /** Whether all of the transaction was emitted before. */
    boolean emittedWhole() {
        return Long.compareUnsigned(commitLsn, resume.wholeLsn()) < 0;
    }

    /** Whether some of the transaction was emitted before. */
    boolean emittedInPart() {
        return resume.commitLsn() == commitLsn && resume.ordinal() > 0;
    }

    /** Whether a transaction that ends here was emitted whole before. */
    boolean endsBeforeStart(long endLsn) {
        return Long.compareUnsigned(endLsn, resume.wholeLsn()) <= 0;
    }

    long lsn() {
        return lsn;
    }

    int size() {
        return size;
    }

    long commitLsn() {
        return commitLsn;
    }

    long commitMicros() {
        return commitMicros;
    }

    long xid() {
        return xid;
    }

    long ordinal() {
        return ordinal;
    }

    /** All that commits before this LSN has been shown. */
    long shownBefore() {
        return shownBefore;
    }

    boolean inTransaction() {
        return inTransaction;
    }

    /** The event at hand was emitted before a restart; it is only counted. */
    boolean muted() {
        return muted;
    }

    /** The end of the transaction before, as Debezium's {@code sequence} quotes it. */
    String previousCommit() {
        return previousCommit;
    }

    private static String quoted(long number) {
        return "\"" + number + "\"";
    }
}
