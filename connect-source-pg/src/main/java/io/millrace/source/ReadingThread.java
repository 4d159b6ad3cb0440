package io.millrace.source;

import io.millrace.source.batch.Handoff;
import io.millrace.source.catalog.Database;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that reads the source for one task. A lost connection is tried again with growing pauses; anything else
 * fails the task with what happened.
 */
final class ReadingThread {
    private static final Logger LOG = LoggerFactory.getLogger(ReadingThread.class);
    private static final long STOP_MILLIS = 5000;

    private final SourceReader reader;
    private final Handoff handoff;
    private final int mostRetries;
    private final long mostWaitMillis;
    private final Database database;
    private final Thread thread;
    private volatile boolean stopped;

    private ReadingThread(AbstractConfig config, SourceReader reader, Handoff handoff, String name) {
        this.reader = reader;
        this.handoff = handoff;
        this.mostRetries = config.getInt("errors.max.retries");
        this.mostWaitMillis = config.getLong("retriable.restart.connector.wait.ms");
        this.database = reader.database();
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /** @param config has the keys that say how often a lost source is tried again */
    static ReadingThread start(AbstractConfig config, SourceReader reader, Handoff handoff, String name) {
        ReadingThread reading = new ReadingThread(config, reader, handoff, name);
        reading.thread.start();
        return reading;
    }

    /** Never waits. */
    void confirm() {
        reader.confirm();
    }

    /** Tells the thread to end without waiting for it; {@link #stop} has to follow. */
    void interrupt() {
        stopped = true;
        thread.interrupt();
    }

    /** Interrupts the thread and waits for it; its sessions are cut by the interrupt or end with the thread. */
    void stop() {
        interrupt();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn("{} is still waiting for the source; its sessions are cut", thread.getName());
            database.sessions().abort();
        }
        try {
            reader.stopped();
        } catch (SQLException e) {
            LOG.warn("Could not drop the slot: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        int failures = 0;
        while (!stopped) {
            long started = System.nanoTime();
            try {
                reader.run();
                return;
            } catch (InterruptedException e) {
                return;
            } catch (SQLException e) {
                if (stopped) {
                    return;
                }
                failures = System.nanoTime() - started > TimeUnit.MINUTES.toNanos(1) ? 1 : failures + 1;
                if (!reader.mayPass(e) || failures > reader.mostRetries(e, mostRetries)) {
                    fail(reader.explained(e));
                    return;
                }
                LOG.warn("{} at the source {}; trying again", e.getMessage(), database);
                if (!pause(failures)) {
                    return;
                }
            } catch (RuntimeException | Error e) {
                if (!stopped) {
                    fail(
                            e instanceof ConnectException || e instanceof Error
                                    ? e
                                    : new ConnectException(e.getMessage(), e));
                }
                return;
            }
        }
    }

    private void fail(Throwable cause) {
        try {
            reader.failed(cause);
        } catch (InterruptedException e) {
            // The task is to end anyway.
            LOG.debug("Interrupted while telling of {}", cause.getMessage());
        } catch (RuntimeException e) {
            LOG.warn("Could not tell of the failure: {}", e.getMessage());
        }
        handoff.fail(cause);
    }

    private boolean pause(int failures) {
        try {
            Thread.sleep(Math.min(mostWaitMillis, 200L << Math.min(failures, 10)));
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
