package io.millrace.sink;

import io.millrace.sink.destination.Generations;
import io.millrace.sink.destination.TableId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Warns of whole copies that have ended at the source and are not complete here: ten minutes after their end, and then
 * once an hour. Used by the thread that flushes, but for {@link #isDue}.
 */
final class Overdue {
    static final long PATIENCE_MILLIS = 600_000;
    static final long REPEAT_MILLIS = 3_600_000;

    private final Supplier<List<Generations.Awaited>> awaited;
    private final Consumer<String> warn;
    private final LongSupplier millis;
    private final Map<String, Long> warned = new HashMap<>();
    private volatile long next = Long.MIN_VALUE;

    /** @param millis a clock that is never set back */
    Overdue(Supplier<List<Generations.Awaited>> awaited, Consumer<String> warn, LongSupplier millis) {
        this.awaited = awaited;
        this.warn = warn;
        this.millis = millis;
    }

    /** Whether to look though nothing has come. For any thread. */
    boolean isDue() {
        return millis.getAsLong() >= next;
    }

    /**
     * Looks, when it is time to.
     *
     * @param told whether something was told of copies since
     * @param waiting tables that wait anyway, of which nothing is said
     */
    void look(boolean told, Set<TableId> waiting) {
        if (!told && !isDue()) {
            return;
        }
        List<Generations.Awaited> found = awaited.get();
        warned.keySet().retainAll(found.stream().map(Overdue::key).collect(Collectors.toSet()));
        long earliest = Long.MAX_VALUE;
        for (Generations.Awaited copy : found) {
            long now = millis.getAsLong();
            Long before = warned.get(key(copy));
            long due = before == null ? now + PATIENCE_MILLIS - copy.millis() : before + REPEAT_MILLIS;
            if (due <= now) {
                warned.put(key(copy), now);
                due = now + REPEAT_MILLIS;
                if (!waiting.contains(copy.target())) {
                    warn.accept(text(copy));
                }
            }
            earliest = Math.min(earliest, due);
        }
        next = earliest;
    }

    private static String key(Generations.Awaited copy) {
        return copy.target() + " " + copy.id();
    }

    private static String text(Generations.Awaited copy) {
        return "Copy " + copy.id() + " of table " + copy.target() + " has ended at the source "
                + copy.millis() / 60_000 + " minutes ago and does not replace the table, since the sink is not past all"
                + " of its rows: "
                + copy.missing().stream().map(Overdue::text).collect(Collectors.joining("; "))
                + ". The sink may be behind (its lag tells), not read the topic, or a transformation has dropped the last"
                + " of these records: then any later record of the partition completes the copy. Where records are gone"
                + " from the topic, have the source copy the table again";
    }

    private static String text(Generations.Missing missing) {
        return missing.partition() + " has to be read to offset " + missing.last() + " and "
                + (missing.next() < 0 ? "nothing of it was written yet" : "is to " + (missing.next() - 1));
    }
}
