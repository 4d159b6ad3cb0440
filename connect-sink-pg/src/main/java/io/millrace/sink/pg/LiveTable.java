package io.millrace.sink.pg;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A target table as the catalog has it.
 *
 * @param columns by name, in their order
 * @param unique sets of columns that a unique index, neither partial nor on expressions nor deferrable, covers
 */
record LiveTable(Map<String, LiveColumn> columns, List<Set<String>> unique) {
    boolean isUnique(List<String> key) {
        return unique.contains(Set.copyOf(key));
    }
}
