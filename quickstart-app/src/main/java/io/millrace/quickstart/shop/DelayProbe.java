package io.millrace.quickstart.shop;

import io.millrace.quickstart.database.DatabaseAddress;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Measures the time from a commit in the source until the target shows the row: both by this process's clock, by asking
 * the target for new orders every few milliseconds.
 */
public final class DelayProbe implements AutoCloseable {
    private static final long PAUSE_MILLIS = 5;

    private final @Nullable DatabaseAddress target;
    private final Map<Long, Long> pending = new ConcurrentHashMap<>();
    private final List<Long> delays = Collections.synchronizedList(new ArrayList<>());
    private final Thread thread = new Thread(this::run, "delay-probe");
    private volatile boolean stop;
    private volatile @Nullable SQLException failure;

    /** @param target null where it cannot be asked while it is written to: then nothing is measured */
    public DelayProbe(@Nullable DatabaseAddress target) {
        this.target = target;
        thread.setDaemon(true);
    }

    /** Median, 99th percentile and longest in nanoseconds, of so many orders. */
    public record Delays(int count, long median, long p99, long max) {}

    public void start() {
        if (target != null) {
            thread.start();
        }
    }

    /** An order whose commit has just returned. */
    public void committed(long order, long nanos) {
        if (target != null) {
            pending.put(order, nanos);
        }
    }

    public int pending() {
        return pending.size();
    }

    public Delays delays() {
        List<Long> sorted;
        synchronized (delays) {
            sorted = new ArrayList<>(delays);
        }
        Collections.sort(sorted);
        int size = sorted.size();
        return size == 0
                ? new Delays(0, 0, 0, 0)
                : new Delays(size, sorted.get(size / 2), sorted.get(size * 99 / 100), sorted.get(size - 1));
    }

    private void run() {
        try (Connection connection = Objects.requireNonNull(target).connect();
                var query = connection.prepareStatement("SELECT id FROM public.orders WHERE id = ANY (?)")) {
            while (!stop) {
                Long[] wanted = pending.keySet().toArray(Long[]::new);
                if (wanted.length > 0) {
                    Array ids = connection.createArrayOf("int8", wanted);
                    query.setArray(1, ids);
                    try (var rows = query.executeQuery()) {
                        long now = System.nanoTime();
                        while (rows.next()) {
                            Long began = pending.remove(rows.getLong(1));
                            if (began != null) {
                                delays.add(now - began);
                            }
                        }
                    }
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (SQLException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop = true;
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        SQLException failed = failure;
        if (failed != null) {
            throw new IllegalStateException("Watching the target failed: " + failed.getMessage(), failed);
        }
    }
}
