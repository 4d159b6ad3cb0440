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
 * Tables whose changes wait in Kafka while the others go on: paused by the configuration, given up after an error, which a
 * restart of the task tries again, or suspended until another session lets go of a lock.
 */
final class Parked {
    private static final Logger LOG = LoggerFactory.getLogger(Parked.class);

    private final Map<TableId, Why> tables = new HashMap<>();
    private final Set<TableId> news = new HashSet<>();

    private record Why(Operations.State state, String reason) {}

    /** Shows a table's state to people; false when that cannot be done yet. */
    interface Shown {
        boolean show(TableId table, Operations.State state, String reason);
    }

    Parked(Collection<TableId> paused) {
        paused.forEach(table -> tables.put(table, new Why(Operations.State.PAUSED, SinkConfig.TABLES_PAUSED)));
    }

    Set<TableId> tables() {
        return Set.copyOf(tables.keySet());
    }

    boolean contains(TableId table) {
        return !tables.isEmpty() && tables.containsKey(table);
    }

    void add(TableId table, String reason) {
        if (note(table, Operations.State.PARKED, reason)) {
            LOG.error(
                    "Table {} is parked: its changes wait in Kafka until the task is restarted ({}). {}",
                    table,
                    SinkConfig.TABLE_ERROR_POLICY + "=park",
                    reason);
        }
    }

    /** Until {@link #resume}. */
    void suspend(TableId table, String reason) {
        note(table, Operations.State.WAITING, reason);
    }

    private boolean note(TableId table, Operations.State state, String reason) {
        Why before = tables.get(table);
        if (before != null && before.state != Operations.State.WAITING) {
            return false;
        }
        tables.put(table, new Why(state, reason));
        news.add(table);
        return true;
    }

    /** People see it wait until it {@link #ended}. */
    void resume(TableId table) {
        Why why = tables.get(table);
        if (why != null && why.state == Operations.State.WAITING) {
            tables.remove(table);
        }
    }

    /** The wait of a table that was suspended is over. */
    void ended(TableId table) {
        if (!tables.containsKey(table)) {
            news.add(table);
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
            Why why = tables.getOrDefault(table, new Why(Operations.State.ACTIVE, ""));
            return shown.show(table, why.state, why.reason) || why.state == Operations.State.ACTIVE;
        });
    }
}
