package io.millrace.sink.warehouse.duckdb;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs an action once nothing has happened for a time. */
final class IdleClose implements AutoCloseable {
    private final long millis;
    private final Runnable action;
    private final @Nullable ScheduledExecutorService timer;
    private @Nullable ScheduledFuture<?> next;

    /** @param millis negative: never */
    IdleClose(long millis, Runnable action) {
        this.millis = millis;
        this.action = action;
        timer = millis < 0 ? null : timer();
    }

    private static ScheduledExecutorService timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, work -> {
            Thread made = new Thread(work, "millrace-duckdb-idle");
            made.setDaemon(true);
            return made;
        });
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    synchronized void schedule() {
        cancel();
        if (timer != null && !timer.isShutdown()) {
            next = timer.schedule(action, millis, TimeUnit.MILLISECONDS);
        }
    }

    synchronized void cancel() {
        if (next != null) {
            next.cancel(false);
            next = null;
        }
    }

    @Override
    public synchronized void close() {
        if (timer != null) {
            timer.shutdownNow();
        }
    }
}
