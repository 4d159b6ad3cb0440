package io.millrace.source;

import io.millrace.source.batch.Handoff;
import io.millrace.source.catalog.Database;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
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

    private final CdcReader reader;
    private final Handoff handoff;
    private final int mostRetries;
    private final long mostWaitMillis;
    private final Database database;
    private final Thread thread;
    private volatile boolean stopped;

    private ReadingThread(CdcConfig config, CdcReader reader, Handoff handoff, int task) {
        this.reader = reader;
        this.handoff = handoff;
        this.mostRetries = config.getInt("errors.max.retries");
        this.mostWaitMillis = config.getLong("retriable.restart.connector.wait.ms");
        this.database = reader.database();
        this.thread = new Thread(this::run, "millrace-" + config.topicPrefix() + "-" + task);
        thread.setDaemon(true);
    }

    static ReadingThread start(CdcConfig config, CdcReader reader, Handoff handoff, int task) {
        ReadingThread reading = new ReadingThread(config, reader, handoff, task);
        reading.thread.start();
        return reading;
    }

    /** Never fails: what is not confirmed now is confirmed next time. */
    void confirm() {
        try {
            reader.confirm();
        } catch (RuntimeException e) {
            LOG.info("Could not read the stored position to confirm it: {}", e.getMessage());
        }
    }

    /** Interrupts the thread and waits for it; its sessions are cut by the interrupt or end with the thread. */
    void stop() {
        stopped = true;
        thread.interrupt();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn("{} is still waiting for the source; its sessions are cut", thread.getName());
            database.sessions().abort();
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
                if (!SourceErrors.mayPass(e) || failures > SourceErrors.mostRetries(e, mostRetries)) {
                    handoff.fail(SourceErrors.explained(e, database));
                    return;
                }
                LOG.warn("{} at the source {}; trying again", e.getMessage(), database);
                if (!pause(failures)) {
                    return;
                }
            } catch (RuntimeException | Error e) {
                if (!stopped) {
                    handoff.fail(
                            e instanceof ConnectException || e instanceof Error
                                    ? e
                                    : new ConnectException(e.getMessage(), e));
                }
                return;
            }
        }
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
