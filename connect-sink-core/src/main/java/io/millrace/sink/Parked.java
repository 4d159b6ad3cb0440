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

    /** {@code kept}: no whole copy is to take its place meanwhile. */
    private record Why(Operations.State state, String reason, boolean kept) {}

    /** Shows a table's state to people; false when that cannot be done yet. */
    interface Shown {
        boolean show(TableId table, Operations.State state, String reason);
    }

    Parked(Collection<TableId> paused) {
        paused.forEach(table -> tables.put(table, new Why(Operations.State.PAUSED, SinkConfig.TABLES_PAUSED, true)));
    }

    Set<TableId> tables() {
        return Set.copyOf(tables.keySet());
    }

    boolean contains(TableId table) {
        return !tables.isEmpty() && tables.containsKey(table);
    }

    /** Those that stay as they are, whatever copy of them is complete. */
    Set<TableId> kept() {
        Set<TableId> kept = new HashSet<>();
        tables.forEach((table, why) -> {
            if (why.kept) {
                kept.add(table);
            }
        });
        return kept;
    }

    /** {@code kept}: not where it is only that a whole copy cannot take its place, which is tried again. */
    void add(TableId table, String reason, boolean kept) {
        if (note(table, new Why(Operations.State.PARKED, reason, kept))) {
            LOG.error(
                    "Table {} is parked: its changes wait in Kafka until the task is restarted ({}). {}",
                    table,
                    SinkConfig.TABLE_ERROR_POLICY + "=park",
                    reason);
        }
    }

    /** Until {@link #resume}. */
    void suspend(TableId table, String reason) {
        note(table, new Why(Operations.State.WAITING, reason, false));
    }

    private boolean note(TableId table, Why why) {
        Why before = tables.get(table);
        if (before != null && before.state != Operations.State.WAITING) {
            return false;
        }
        tables.put(table, why);
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
            Why why = tables.getOrDefault(table, new Why(Operations.State.ACTIVE, "", false));
            return shown.show(table, why.state, why.reason) || why.state == Operations.State.ACTIVE;
        });
    }
}
