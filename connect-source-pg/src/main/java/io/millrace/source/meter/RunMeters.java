package io.millrace.source.meter;

import java.util.concurrent.atomic.AtomicLong;

/** What one mirror's runs have done since its task began. Safe for several threads. */
public final class RunMeters {
    private final AtomicLong runs = new AtomicLong();
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong overruns = new AtomicLong();
    private final AtomicLong lastMillis = new AtomicLong();

    /** A run is over, whether or not it found something. @param millis that it took */
    public void ran(long millis) {
        lastMillis.set(millis);
        runs.incrementAndGet();
    }

    /** Rows of a run are handed over. */
    public void read(long count) {
        rows.addAndGet(count);
    }

    /** A run took longer than the time from one to the next. */
    public void overran() {
        overruns.incrementAndGet();
    }

    public long runs() {
        return runs.get();
    }

    public long rows() {
        return rows.get();
    }

    public long overruns() {
        return overruns.get();
    }

    /** What the last run took. */
    public long lastMillis() {
        return lastMillis.get();
    }
}
