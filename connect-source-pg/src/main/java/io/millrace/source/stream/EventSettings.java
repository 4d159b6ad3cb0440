package io.millrace.source.stream;

import java.util.Set;
import java.util.function.Predicate;

/**
 * @param tombstones whether a delete is followed by a tombstone
 * @param skipped operation codes to leave out
 * @param messages which prefixes of logical messages are emitted
 * @param transactions whether transaction metadata is emitted
 */
public record EventSettings(boolean tombstones, Set<String> skipped, Predicate<String> messages, boolean transactions) {
    public EventSettings {
        skipped = Set.copyOf(skipped);
    }
}
