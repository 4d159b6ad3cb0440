package io.millrace.source.batch;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gathers records into batches and hands them over when one is full, or when told to. Used by one thread. */
public final class RecordBatches {
    private static final Logger LOG = LoggerFactory.getLogger(RecordBatches.class);
    private static final long BATCH_BYTES = 1 << 20;

    /** What a record's objects (key, row, envelope, offset) take beside its values, and how values grow on the heap. */
    private static final int RECORD_BYTES = 600;

    private static final int GROWTH = 2;

    private final Handoff handoff;
    private final int mostRecords;
    private final long requestBytes;
    private List<SourceRecord> records;
    private long bytes;
    private Handoff.Waiting waiting = () -> {};

    /** @param requestBytes what the producer takes in one request, as far as the connector knows */
    public RecordBatches(Handoff handoff, int mostRecords, long requestBytes) {
        this.handoff = handoff;
        this.mostRecords = mostRecords;
        this.requestBytes = requestBytes;
        this.records = new ArrayList<>();
    }

    /** What to do while the queue is full: a connection that waits may have to show that it lives. */
    public void whileWaiting(Handoff.Waiting action) {
        waiting = action;
    }

    /** @param size bytes as the source sent them */
    public void add(SourceRecord record, int size) throws InterruptedException {
        if (size > requestBytes) {
            // The worker may allow more than its default, which only its producer knows; it has the last word.
            LOG.error(
                    "A row for topic {} has {} bytes. The producer refuses records above max.request.size ({} unless"
                            + " set): raise producer.override.max.request.size of the connector, and max.message.bytes"
                            + " of the topic, or leave the column out by column.exclude.list",
                    record.topic(),
                    size,
                    requestBytes);
        }
        records.add(record);
        bytes += RECORD_BYTES + (long) GROWTH * size;
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
