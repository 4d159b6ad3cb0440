package io.millrace.source.snapshot;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session of this worker that holds a mirror's snapshot outside the life of any task. Connect stops every task of a
 * connector when its configuration changes, when it is stopped and whenever it balances the cluster: the snapshot, and
 * with it what is copied already, lives on until the tasks are back or the time is over. Thread-safe.
 */
public final class HeldSnapshot {
    private static final Logger LOG = LoggerFactory.getLogger(HeldSnapshot.class);
    private static final Map<String, HeldSnapshot> OF_THIS_WORKER = new ConcurrentHashMap<>();
    private static final ScheduledExecutorService LATER = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "millrace-held-snapshots");
        thread.setDaemon(true);
        return thread;
    });

    private final String mirror;
    private @Nullable SnapshotLease lease;
    private @Nullable Future<?> end;
    private int users;

    private HeldSnapshot(String mirror) {
        this.mirror = mirror;
    }

    static HeldSnapshot of(String mirror) {
        return OF_THIS_WORKER.computeIfAbsent(mirror, HeldSnapshot::new);
    }

    /** Takes the snapshot that a task has just joined. */
    @FunctionalInterface
    interface Taking {
        SnapshotLease take() throws SQLException;
    }

    /** A task begins to read from a snapshot. Not being able to hold it is no failure of the task. */
    synchronized void join(long generation, Taking taking) {
        users++;
        Future<?> planned = end;
        if (planned != null) {
            planned.cancel(false);
            end = null;
        }
        SnapshotLease held = lease;
        if (held != null && held.generation() == generation && held.isAlive()) {
            return;
        }
        letGo();
        try {
            lease = taking.take();
        } catch (SQLException e) {
            LOG.warn("The snapshot of {} will end with the tasks that read from it: {}", mirror, e.getMessage());
        }
    }

    /**
     * A task has ended its reading.
     *
     * @param finished whether nobody needs the snapshot any more
     * @param keep how long to hold it for tasks to come, when this was the last one
     */
    public synchronized void leave(boolean finished, Duration keep) {
        users--;
        if (finished) {
            letGo();
        } else if (users == 0 && lease != null) {
            LOG.info("Holding the snapshot of {} for {} ms, until its tasks are back", mirror, keep.toMillis());
            end = LATER.schedule(this::unlessUsed, keep.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void unlessUsed() {
        if (users == 0 && lease != null) {
            LOG.info("No task came back for the snapshot of {}: letting go of it", mirror);
            letGo();
        }
    }

    private void letGo() {
        SnapshotLease held = lease;
        lease = null;
        if (held != null) {
            held.close();
        }
    }
}
