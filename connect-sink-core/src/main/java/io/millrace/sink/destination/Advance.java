package io.millrace.sink.destination;

/**
 * A move of one feed in the ledger, made in the same transaction as the data: from next = {@code from} under
 * {@code epoch} to next = {@code to}.
 */
public record Advance(Feed feed, long from, long to, long epoch, LastRecord last) {
    public Advance {
        if (to < from) {
            throw new IllegalArgumentException("The ledger only moves forward: " + from + " to " + to);
        }
    }
}
