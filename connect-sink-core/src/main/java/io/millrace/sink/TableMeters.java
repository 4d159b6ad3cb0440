package io.millrace.sink;

import io.millrace.sink.destination.Batch;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.fold.TableBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.PluginMetrics;

/** Metrics of a task and of each of its tables, in the worker's registry, which drops them when the task ends. */
final class TableMeters implements Meters {
    private static final long MILLI_NANOS = 1_000_000;
    private static final long MILLI_MICROS = 1000;

    private final PluginMetrics metrics;
    private final Map<TableId, Meter> tables = new HashMap<>();
    private final AtomicLong flushes = new AtomicLong();
    private final AtomicLong flushMillis = new AtomicLong();
    private final AtomicLong lastFlushMillis = new AtomicLong();

    private static final class Meter {
        private final AtomicLong written = new AtomicLong();
        private final AtomicLong patched = new AtomicLong();
        private final AtomicLong deleted = new AtomicLong();
        private final AtomicLong records = new AtomicLong();
        private final AtomicLong bytes = new AtomicLong();
        private final AtomicLong batches = new AtomicLong();
        private final AtomicLong delay = new AtomicLong();
        private final AtomicLong parked = new AtomicLong();
        private final AtomicLong waiting = new AtomicLong();
    }

    TableMeters(PluginMetrics metrics) {
        this.metrics = metrics;
        LinkedHashMap<String, String> none = new LinkedHashMap<>();
        add("flushes-total", "Transactions applied", none, flushes);
        add("flush-time-ms-total", "Time that they took, from hand-over to commit", none, flushMillis);
        add("flush-time-ms-last", "Time that the last one took", none, lastFlushMillis);
    }

    @Override
    public void applied(FlushResult.Done done, long nanos) {
        flushes.incrementAndGet();
        flushMillis.addAndGet(nanos / MILLI_NANOS);
        lastFlushMillis.set(nanos / MILLI_NANOS);
        long now = System.currentTimeMillis();
        for (TableBuffer buffer : done.flush().buffers()) {
            Meter meter = tables.computeIfAbsent(buffer.table(), this::meter);
            if (done.parked().containsKey(buffer.table())) {
                meter.parked.set(1);
            }
            if (done.isLeft(buffer.table())) {
                continue;
            }
            Batch.Counts counts = buffer.counts();
            meter.written.addAndGet(counts.upserts());
            meter.patched.addAndGet(counts.patches());
            meter.deleted.addAndGet(counts.deletes() + counts.flags());
            meter.records.addAndGet(buffer.records());
            meter.bytes.addAndGet(buffer.bytes());
            meter.batches.incrementAndGet();
            if (buffer.records() > 0) {
                meter.delay.set(now - buffer.earliestMicros() / MILLI_MICROS);
            }
        }
    }

    @Override
    public void waiting(Set<TableId> written, Set<TableId> replaced) {
        tables.forEach(
                (table, meter) -> meter.waiting.set(written.contains(table) || replaced.contains(table) ? 1 : 0));
    }

    private Meter meter(TableId table) {
        Meter meter = new Meter();
        LinkedHashMap<String, String> tags = new LinkedHashMap<>();
        tags.put("table", table.toString());
        add("rows-written-total", "Rows inserted or overwritten, after folding", tags, meter.written);
        add("rows-patched-total", "Rows changed in part, after folding", tags, meter.patched);
        add("rows-deleted-total", "Rows deleted or flagged, after folding", tags, meter.deleted);
        add("changes-total", "Changes applied, before folding", tags, meter.records);
        add("bytes-total", "Bytes of heap that the applied batches took", tags, meter.bytes);
        add("batches-total", "Batches applied", tags, meter.batches);
        add(
                "commit-delay-ms",
                "From the commit in the source of the earliest change in the last batch to the commit in the target",
                tags,
                meter.delay);
        add("parked", "1 while the table waits after an error", tags, meter.parked);
        add("waiting", "1 while the table waits for another session's lock", tags, meter.waiting);
        return meter;
    }

    private void add(String name, String description, LinkedHashMap<String, String> tags, AtomicLong value) {
        Gauge<Long> gauge = (config, now) -> value.get();
        metrics.addMetric(metrics.metricName(name, description, tags), gauge);
    }
}
