package io.millrace.sink;

import io.millrace.sink.destination.Backoff;
import io.millrace.sink.destination.TableId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables that wait for the locks of other sessions, each by itself: since when, when to try again, and when that has been
 * for too long. A table that is being replaced by another task waits for as long as a replacement may take.
 */
final class Waits {
    private static final Logger LOG = LoggerFactory.getLogger(Waits.class);

    private final SinkSettings.Flushing limits;
    private final LongSupplier nanoTime;
    private final Map<TableId, Wait> tables = new HashMap<>();

    private static final class Wait {
        private final Backoff backoff = new Backoff();
        private long since;
        private boolean replacing;
        private boolean onTrial;
    }

    /** {@code nanoTime} as {@link System#nanoTime}. */
    Waits(SinkSettings.Flushing limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    /**
     * A table could not be written.
     *
     * @return null while it may wait on, else why it may not
     */
    @Nullable
    String blocked(TableId table, FlushResult.Blocked blocked) {
        long now = nanoTime.getAsLong();
        Wait known = tables.get(table);
        Wait wait = known == null ? new Wait() : known;
        if (known == null || known.replacing != blocked.replacing()) {
            wait.since = now;
            wait.replacing = blocked.replacing();
            tables.put(table, wait);
            LOG.warn(
                    "Table {} waits {}, and is tried again every few seconds, until {}; other tables go on. {}",
                    table,
                    wait.replacing ? "while another task replaces it by a whole copy" : "for another session's lock",
                    limit(wait),
                    blocked.reason());
        }
        wait.onTrial = false;
        wait.backoff.failed(now);
        long limitMillis = wait.replacing ? limits.replaceTimeoutMillis() : limits.timeoutMillis();
        return (now - wait.since) / 1_000_000 < limitMillis
                ? null
                : "Table " + table + " was locked until " + limit(wait)
                        + " was over, though the target can be reached: " + blocked.reason();
    }

    private String limit(Wait wait) {
        return wait.replacing
                ? SinkConfig.OVERWRITE_TIMEOUT_MS + "=" + limits.replaceTimeoutMillis()
                : SinkConfig.FLUSH_TIMEOUT_MS + "=" + limits.timeoutMillis();
    }

    /** All that wait, also those that are being tried again. */
    Set<TableId> tables() {
        return Set.copyOf(tables.keySet());
    }

    /** Tables to try again now. */
    Set<TableId> due() {
        if (tables.isEmpty()) {
            return Set.of();
        }
        long now = nanoTime.getAsLong();
        Set<TableId> due = new HashSet<>();
        tables.forEach((table, wait) -> {
            if (!wait.onTrial && wait.backoff.millisLeft(now) <= 0) {
                due.add(table);
            }
        });
        return due;
    }

    /** Milliseconds until the next one is due; -1 when none will be. */
    long millisLeft() {
        long now = nanoTime.getAsLong();
        long least = -1;
        for (Wait wait : tables.values()) {
            long left = Math.max(0, wait.backoff.millisLeft(now));
            if (!wait.onTrial && (least < 0 || left < least)) {
                least = left;
            }
        }
        return least;
    }

    /** These are written again, as far as that goes. */
    void tried(Set<TableId> due) {
        due.forEach(table -> {
            Wait wait = tables.get(table);
            if (wait != null) {
                wait.onTrial = true;
            }
        });
    }

    /** Tables that are being tried again: a short wait for a lock has to do. */
    Set<TableId> onTrial() {
        Set<TableId> trial = new HashSet<>();
        tables.forEach((table, wait) -> {
            if (wait.onTrial) {
                trial.add(table);
            }
        });
        return trial;
    }

    /** Its wait is over, one way or the other. */
    void ended(TableId table, String how) {
        Wait wait = tables.remove(table);
        if (wait != null) {
            LOG.info("Table {} {} after {} ms", table, how, (nanoTime.getAsLong() - wait.since) / 1_000_000);
        }
    }
}
