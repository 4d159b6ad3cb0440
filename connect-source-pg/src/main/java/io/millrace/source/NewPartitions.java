package io.millrace.source;

import io.millrace.source.catalog.Arrivals;
import io.millrace.source.catalog.TableId;
import io.millrace.source.window.Looked;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which partitions came and went between two looks. Used by one thread. */
final class NewPartitions {
    private static final Logger LOG = LoggerFactory.getLogger(NewPartitions.class);

    /** How many transactions an initial copy may take; what is older was there before. */
    private static final long LONG_AGO = 1L << 30;

    private static final long XIDS = 1L << 32;

    private final boolean viaRoot;
    private String shape = "";
    private Map<TableId, Arrivals.Partition> partitions = Map.of();
    private String looking = "";
    private boolean changed;

    NewPartitions(boolean viaRoot) {
        this.viaRoot = viaRoot;
    }

    /** From when on something is new. */
    static String since(@Nullable Looked before, String oldest) {
        return before != null ? before.oldest() : Long.toString(Math.floorMod(Long.parseLong(oldest) - LONG_AGO, XIDS));
    }

    /** Reads what there is, where it is not what it was. */
    void look(Arrivals arrivals, @Nullable Looked before, String oldest, Predicate<TableId> captured)
            throws SQLException {
        String now = arrivals.shape();
        looking = now;
        changed = !now.equals(shape);
        if (!changed) {
            return;
        }
        Map<TableId, Arrivals.Partition> found = new LinkedHashMap<>();
        for (Arrivals.Partition partition : arrivals.partitions(since(before, oldest))) {
            found.put(partition.table(), partition);
        }
        partitions.forEach((table, partition) -> {
            if (viaRoot && !found.containsKey(table) && captured.test(partition.root())) {
                LOG.warn(
                        "{} is no partition of {} any more. No event tells that its rows are gone: they stay in the"
                                + " topic, and in targets until they are deleted there or the table is copied anew by a"
                                + " sink that overwrites",
                        table,
                        partition.root());
            }
        });
        partitions = found;
    }

    /**
     * Those that came with rows. To be asked once after each {@link #look}.
     *
     * @param captured the tables by whose names rows are captured, before this look
     */
    List<Arrivals.Partition> arrived(
            Arrivals arrivals, @Nullable Looked before, Predicate<TableId> captured, Predicate<TableId> copied)
            throws SQLException {
        List<Arrivals.Partition> arrived = new ArrayList<>();
        if (!changed) {
            return arrived;
        }
        Set<String> known = before == null ? Set.of() : Set.copyOf(before.partitions());
        for (Arrivals.Partition partition : partitions.values()) {
            boolean isNew = before == null
                    ? !copied.test(partition.table())
                    : !partition.attachedBy().isEmpty() && !known.contains(partition.name());
            TableId by = viaRoot ? partition.root() : partition.table();
            if (isNew && captured.test(by) && arrivals.broughtRows(partition)) {
                arrived.add(partition);
            }
        }
        return arrived;
    }

    /** Whether a table was made as the partition that it is, of a table whose other partitions were captured already. */
    boolean madeAttached(TableId table, Predicate<TableId> captured) {
        Arrivals.Partition partition = partitions.get(table);
        return partition != null
                && partition.madeAttached()
                && partitions.values().stream()
                        .anyMatch(other -> other.root().equals(partition.root()) && captured.test(other.table()));
    }

    /** All is accounted for; returns those that will look new again to the next look. */
    List<String> accounted(String oldest) {
        shape = looking;
        return partitions.values().stream()
                .map(partition -> partition.since(oldest))
                .filter(partition -> !partition.attachedBy().isEmpty())
                .map(Arrivals.Partition::name)
                .sorted()
                .toList();
    }
}
