package io.millrace.sink.destination;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What became of a table.
 *
 * @param ddl the statements, in order; empty when the table was as wanted
 * @param ignored columns that the records bring and the table will not get (policy NONE)
 * @param doubts columns that were added, each with what is not certain of the rows that were there
 */
public record Evolution(List<String> ddl, Set<String> ignored, Map<String, String> doubts) {
    public Evolution {
        ddl = List.copyOf(ddl);
        ignored = Set.copyOf(ignored);
        doubts = Map.copyOf(doubts);
    }

    /** Rows that were there are as in the source. */
    public Evolution(List<String> ddl, Set<String> ignored) {
        this(ddl, ignored, Map.of());
    }
}
