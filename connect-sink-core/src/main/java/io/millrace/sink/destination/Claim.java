package io.millrace.sink.destination;

import org.jspecify.annotations.Nullable;

/**
 * What the ledger says of a feed after this task has taken it over.
 *
 * @param next the first offset that is not in the target yet
 * @param epoch the owner's number: an apply with an older one is fenced
 * @param last the last applied record, null where none was
 */
public record Claim(long next, long epoch, @Nullable LastRecord last) {}
