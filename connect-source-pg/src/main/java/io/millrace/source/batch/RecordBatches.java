package io.millrace.source.batch;

import io.millrace.source.meter.Meters;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers records into batches and hands them over when one is full, or when told to. With exactly-once, where Connect
 * makes each batch a transaction of the producer, a batch ends with a transaction of the source: one of up to 5000
 * records and 5 MiB on the heap, about, is never divided, a larger one is. Used by one thread.
 */
public final class RecordBatches {
    private static final Logger LOG = LoggerFactory.getLogger(RecordBatches.class);
    private static final long BATCH_BYTES = 1 << 20;

    /** What a record's objects (key, row, envelope, offset) take beside its values, and how values grow on the heap. */
    private static final int RECORD_BYTES = 600;

    private static final int GROWTH = 2;

    // A batch that is a transaction of the producer.
    private static final int WHOLE_RECORDS = 5000;
    private static final long WHOLE_BYTES = 5 << 20;
    private static final long GROUP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Outlet outlet;
    private final int mostRecords;
    private final long requestBytes;
    private final boolean whole;
    private final Meters meters;
    private List<SourceRecord> records;
    private long bytes;
    private long begunNanos;
    private int ended;
    private long endedBytes;
    private Handoff.Waiting waiting = () -> {};

    /** With meters that nobody reads. */
    public RecordBatches(Outlet outlet, int mostRecords, long requestBytes, boolean whole) {
        this(outlet, mostRecords, requestBytes, whole, new Meters(Clock.systemUTC()));
    }

    /**
     * @param requestBytes what the producer takes in one request, as far as the connector knows
     * @param whole whether batches keep transactions whole
     * @param meters count what is added
     */
    public RecordBatches(Outlet outlet, int mostRecords, long requestBytes, boolean whole, Meters meters) {
        this.outlet = outlet;
        this.mostRecords = mostRecords;
        this.requestBytes = requestBytes;
        this.whole = whole;
        this.meters = meters;
        this.records = new ArrayList<>();
    }

    /** What to do while the queue is full: a connection that waits may have to show that it lives. */
    public void whileWaiting(Handoff.Waiting action) {
        waiting = action;
    }

    /** Does now what is done while the queue is full: for work that takes long between two records. */
    public void alive() throws InterruptedException {
        waiting.stillWaiting();
    }

    /** @param size bytes as the source sent them; 0 for what is no row of the source */
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
        long heap = RECORD_BYTES + (long) GROWTH * size;
        if (whole && isTooMuch(records.size() + 1, bytes + heap)) {
            // Room first by what is over already; what still does not fit is a transaction that is too large by itself.
            flushEnded();
            if (isTooMuch(records.size() + 1, bytes + heap)) {
                flush();
            }
        }
        if (whole && records.isEmpty()) {
            begunNanos = System.nanoTime();
        }
        records.add(record);
        if (size > 0) {
            meters.row(size);
        }
        bytes += heap;
        if (!whole && isFull()) {
            flush();
        }
    }

    private static boolean isTooMuch(int count, long heap) {
        return count > WHOLE_RECORDS || heap > WHOLE_BYTES;
    }

    private boolean isFull() {
        return records.size() >= mostRecords || bytes >= BATCH_BYTES;
    }

    /** What was added last ends a transaction of the source. */
    public void transactionEnd() throws InterruptedException {
        meters.transaction();
        ended = records.size();
        endedBytes = bytes;
        if (whole && (isFull() || System.nanoTime() - begunNanos >= GROUP_NANOS)) {
            flush();
        }
    }

    /** The source sends nothing at the moment. */
    public void idle(boolean inTransaction) throws InterruptedException {
        if (whole && inTransaction) {
            flushEnded();
        } else {
            flush();
        }
    }

    /** Hands over what is gathered of transactions that are over, and keeps the begun one. */
    private void flushEnded() throws InterruptedException {
        if (ended == 0) {
            return;
        }
        List<SourceRecord> begun = new ArrayList<>(records.subList(ended, records.size()));
        long begunBytes = bytes - endedBytes;
        records.subList(ended, records.size()).clear();
        bytes = endedBytes;
        flush();
        records = begun;
        bytes = begunBytes;
        begunNanos = System.nanoTime();
    }

    public void flush() throws InterruptedException {
        if (!records.isEmpty()) {
            outlet.put(new Handoff.Batch(records, bytes), waiting);
            records = new ArrayList<>(Math.min(mostRecords, records.size() + 16));
            bytes = 0;
        }
        ended = 0;
        endedBytes = 0;
    }

    /** Hands over what is gathered, and waits until Connect has the acknowledgement of every record handed over. */
    public void awaitAcknowledged() throws InterruptedException {
        flush();
        outlet.awaitAcknowledged();
    }

    /**
     * Has whatever is added from now on stored no earlier than what was added before, under whichever source partition:
     * Connect stores these each by itself. Records of one transaction of the producer are stored at once anyway.
     */
    public void settle() throws InterruptedException {
        if (!whole) {
            awaitAcknowledged();
        }
    }

    /** What this task counts. */
    public Meters meters() {
        return meters;
    }

    public boolean isEmpty() {
        return records.isEmpty();
    }
}
