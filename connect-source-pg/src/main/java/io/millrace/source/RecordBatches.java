package io.millrace.source;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.source.SourceRecord;

/** Gathers records into batches and hands them over when one is full, or when told to. Used by one thread. */
public final class RecordBatches {
    private static final long BATCH_BYTES = 1 << 20;

    private final Handoff handoff;
    private final int mostRecords;
    private List<SourceRecord> records;
    private long bytes;
    private Handoff.Waiting waiting = () -> {};

    public RecordBatches(Handoff handoff, int mostRecords) {
        this.handoff = handoff;
        this.mostRecords = mostRecords;
        this.records = new ArrayList<>();
    }

    /** What to do while the queue is full: a connection that waits may have to show that it lives. */
    public void whileWaiting(Handoff.Waiting action) {
        waiting = action;
    }

    /** @param size bytes as the source sent them */
    public void add(SourceRecord record, int size) throws InterruptedException {
        records.add(record);
        bytes += size;
        if (records.size() >= mostRecords || bytes >= BATCH_BYTES) {
            flush();
        }
    }

    public void flush() throws InterruptedException {
        if (!records.isEmpty()) {
            handoff.put(new Handoff.Batch(records, bytes), waiting);
            records = new ArrayList<>(Math.min(mostRecords, records.size() + 16));
            bytes = 0;
        }
    }

    public boolean isEmpty() {
        return records.isEmpty();
    }
}
