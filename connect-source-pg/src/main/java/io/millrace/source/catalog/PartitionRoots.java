package io.millrace.source.catalog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which tables a publication names for the wanted ones. A partitioned table all of whose leaves are wanted is named in
 * their place: so a leaf that is attached later is published as well. Pure.
 */
final class PartitionRoots {
    private PartitionRoots() {}

    /** A leaf and the topmost table that it is a partition of. */
    record Leaf(TableId table, TableId root) {}

    /** @param leaves every leaf of the database, wanted or not */
    static List<PublishedTable> named(List<PublishedTable> wanted, List<Leaf> leaves) {
        Set<TableId> plain = new HashSet<>();
        wanted.stream().filter(PublishedTable::whole).forEach(table -> plain.add(table.table()));
        Map<TableId, Boolean> whole = new HashMap<>();
        Map<TableId, TableId> roots = new HashMap<>();
        for (Leaf leaf : leaves) {
            whole.merge(leaf.root, plain.contains(leaf.table), Boolean::logicalAnd);
            roots.put(leaf.table, leaf.root);
        }
        Map<TableId, PublishedTable> named = new LinkedHashMap<>();
        for (PublishedTable table : wanted) {
            @Nullable TableId root = roots.get(table.table());
            if (root != null && Boolean.TRUE.equals(whole.get(root))) {
                named.putIfAbsent(root, PublishedTable.whole(root));
            } else {
                named.put(table.table(), table);
            }
        }
        return new ArrayList<>(named.values());
    }
}
