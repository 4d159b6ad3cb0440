package io.millrace.sink.destination;

import org.jspecify.annotations.Nullable;

/**
 * What the ledger says of a feed after this task has taken it over.
 *
 * @param next the first offset that is not in the target yet
 * @param epoch the owner's number: an apply with an older one is fenced
 * @param last the last applied record, null where none was
 * @param intent the end of a range from {@code next} that may be in the target in part: the next apply of this feed has to
 *     be of exactly that range; -1 where there is none
 */
public record Claim(long next, long epoch, @Nullable LastRecord last, long intent) {
    public Claim(long next, long epoch, @Nullable LastRecord last) {
        this(next, epoch, last, -1);
    }

    /** The same, taken for one without a range that was begun. */
    public Claim settled() {
        return new Claim(next, epoch, last);
    }
}
