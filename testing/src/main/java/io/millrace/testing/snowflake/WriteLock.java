package io.millrace.testing.snowflake;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The one lock of all tables: coarser than Snowflake's, which are by table, and with the same effect on who waits for
 * whom. Held by sessions, not by threads.
 */
final class WriteLock {
    private final Semaphore free = new Semaphore(1, true);

    void take(long millis) throws Refused {
        try {
            if (!free.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
                throw Refused.locked();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refused.locked();
        }
    }

    void release() {
        free.release();
    }
}
