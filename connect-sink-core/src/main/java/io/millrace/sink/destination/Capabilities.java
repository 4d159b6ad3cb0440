package io.millrace.sink.destination;

import java.util.Set;

/**
 * What a target promises. The contract suite runs what is declared.
 *
 * @param modes what it can do to a table
 * @param maxNameBytes longest identifier, in bytes of UTF-8
 * @param namesKeepCase whether names that differ in case only are different names; where they are not, the second of two
 *     is refused
 * @param atomicity what an apply is
 */
public record Capabilities(Set<Mode> modes, int maxNameBytes, boolean namesKeepCase, Atomicity atomicity) {
    public Capabilities {
        modes = Set.copyOf(modes);
    }

    public Capabilities(Set<Mode> modes, int maxNameBytes) {
        this(modes, maxNameBytes, true);
    }

    public Capabilities(Set<Mode> modes, int maxNameBytes, boolean namesKeepCase) {
        this(modes, maxNameBytes, namesKeepCase, Atomicity.TRANSACTION);
    }

    /** What an apply is. */
    public enum Atomicity {
        /** One transaction: all of it, or nothing. */
        TRANSACTION,
        /**
         * One transaction a table, with the moves of its feeds: where some tables are applied and others are not, the
         * apply ends with a {@link org.apache.kafka.connect.errors.RetriableException}, and {@link Destination#claim}
         * tells of each.
         */
        TABLE,
        /**
         * Steps, each of which may be repeated: the ledger first says which ranges are to be written, then they are,
         * then the ledger moves on. The rows of a batch are of one partition.
         */
        INTENT
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
