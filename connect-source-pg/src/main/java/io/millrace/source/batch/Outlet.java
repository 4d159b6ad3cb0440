package io.millrace.source.batch;

/** Where a reading thread's batches go, in order. */
public interface Outlet {
    /** Waits while there is no room. A single batch is always taken, whatever its size. */
    void put(Handoff.Batch batch, Handoff.Waiting waiting) throws InterruptedException;

    /** Waits until everything that was put has been taken and acknowledged. */
    void awaitAcknowledged() throws InterruptedException;
}
