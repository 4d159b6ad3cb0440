package io.millrace.sink;

import io.millrace.sink.destination.Operations;
import io.millrace.sink.destination.TableId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables whose changes wait in Kafka while the others go on: paused by the configuration, or given up after an error.
 * A restart of the task tries the latter again.
 */
final class Parked {
    private static final Logger LOG = LoggerFactory.getLogger(Parked.class);

    /** Why, by table; empty for those that are paused. */
    private final Map<TableId, String> tables = new HashMap<>();

    private final Set<TableId> news = new HashSet<>();

    /** Shows a table's state to people; false when that cannot be done yet. */
    interface Shown {
        boolean show(TableId table, Operations.State state, String reason);
    }

    Parked(Collection<TableId> paused) {
        paused.forEach(table -> tables.put(table, ""));
    }

    Set<TableId> tables() {
        return Set.copyOf(tables.keySet());
    }

    boolean contains(TableId table) {
        return !tables.isEmpty() && tables.containsKey(table);
    }

    void add(TableId table, String reason) {
        if (tables.putIfAbsent(table, reason) == null) {
            news.add(table);
            LOG.error(
                    "Table {} is parked: its changes wait in Kafka until the task is restarted ({}). {}",
                    table,
                    SinkConfig.TABLE_ERROR_POLICY + "=park",
                    reason);
        }
    }

    boolean hasNews() {
        return !news.isEmpty();
    }

    /** The ledger's rows are claimed anew. */
    void showAgain() {
        news.addAll(tables.keySet());
    }

    void show(Shown shown) {
        news.removeIf(table -> {
            String reason = tables.getOrDefault(table, "");
            return reason.isEmpty()
                    ? shown.show(table, Operations.State.PAUSED, SinkConfig.TABLES_PAUSED)
                    : shown.show(table, Operations.State.PARKED, reason);
        });
    }
}
