package io.millrace.quickstart;

import io.millrace.testing.WorkerProcess;
import org.jspecify.annotations.Nullable;

/** Kills the worker (SIGKILL) and starts it again, in a thread of its own so that the rest of the show goes on. */
final class Killer {
    /** Long enough to get some work done between two kills, and for Connect to give the tasks back. */
    private static final long WORK_NANOS = 4_000_000_000L;

    private final WorkerProcess worker;
    private final int wanted;
    private volatile int done;
    private volatile boolean busy;
    private volatile long workingSince = System.nanoTime();
    private volatile @Nullable RuntimeException failure;

    Killer(WorkerProcess worker, int wanted) {
        this.worker = worker;
        this.wanted = wanted;
    }

    int done() {
        return done;
    }

    int wanted() {
        return wanted;
    }

    boolean finished() {
        return done >= wanted && !busy;
    }

    /** Whether the worker may be unreachable, or its tasks not yet back, because of us. */
    boolean disturbs() {
        RuntimeException failed = failure;
        if (failed != null) {
            throw failed;
        }
        return busy || (done > 0 && System.nanoTime() - workingSince < 30_000_000_000L);
    }

    /** Kills if one of the first {@code upTo} kills is still to come and the worker has had time to work. */
    void strike(int upTo) {
        if (busy || done >= Math.min(upTo, wanted) || System.nanoTime() - workingSince < WORK_NANOS) {
            return;
        }
        busy = true;
        Thread thread = new Thread(this::killAndStart, "killer");
        thread.setDaemon(true);
        thread.start();
    }

    private void killAndStart() {
        try {
            worker.kill();
            worker.start();
            workingSince = System.nanoTime();
            done++;
        } catch (RuntimeException e) {
            failure = e;
        } catch (AssertionError e) {
            failure = new IllegalStateException("The worker did not come back: " + e.getMessage(), e);
        } finally {
            busy = false;
        }
    }
}
