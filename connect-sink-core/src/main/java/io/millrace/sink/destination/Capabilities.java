package io.millrace.sink.destination;

import java.util.Set;

/**
 * What a target promises. The contract suite runs what is declared.
 *
 * @param modes what it can do to a table
 * @param maxNameBytes longest identifier, in bytes of UTF-8
 */
public record Capabilities(Set<Mode> modes, int maxNameBytes) {
    public Capabilities {
        modes = Set.copyOf(modes);
    }

    /** Ways of changing a table. */
    public enum Mode {
        APPEND,
        UPSERT,
        SOFT_DELETE,
        PATCH,
        TRUNCATE
    }
}
