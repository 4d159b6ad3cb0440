package io.millrace.source.stream;

import java.util.Set;

/**
 * @param tombstones whether a delete is followed by a tombstone
 * @param skipped operation codes to leave out
 */
public record EventSettings(boolean tombstones, Set<String> skipped) {
    public EventSettings {
        skipped = Set.copyOf(skipped);
    }
}
