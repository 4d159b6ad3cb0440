package io.millrace.sink.destination;

import java.util.List;
import java.util.Set;

/**
 * What became of a table.
 *
 * @param ddl the statements, in order; empty when the table was as wanted
 * @param ignored columns that the records bring and the table will not get (policy NONE)
 */
public record Evolution(List<String> ddl, Set<String> ignored) {
    public Evolution {
        ddl = List.copyOf(ddl);
        ignored = Set.copyOf(ignored);
    }
}
