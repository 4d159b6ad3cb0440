package io.millrace.sink.pg;

import io.millrace.sink.destination.TableId;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A target table as the catalog has it.
 *
 * @param columns by name, in their order
 * @param unique sets of columns that a unique index, neither partial nor on expressions nor deferrable, covers
 * @param ties foreign keys that it has, or that others have on it
 */
record LiveTable(Map<String, LiveColumn> columns, List<Set<String>> unique, List<Tie> ties) {
    /** A foreign key to or from another table. */
    record Tie(String constraint, TableId other, boolean visible) {
        /** The names that the other table can have in the sink's settings. */
        Set<TableId> names() {
            return visible ? Set.of(other, TableId.of(other.name())) : Set.of(other);
        }
    }

    boolean isUnique(List<String> key) {
        return unique.contains(Set.copyOf(key));
    }
}
