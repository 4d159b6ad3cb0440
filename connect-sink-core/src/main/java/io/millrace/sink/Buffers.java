package io.millrace.sink;

import io.millrace.sink.change.Change;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.fold.Added;
import io.millrace.sink.fold.RowEncoder;
import io.millrace.sink.fold.TableBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Future;

/** What has been taken since the last flush: a buffer a table, and the dead letters on their way. */
final class Buffers {
    private static final int LARGE_ROW = 8 * 1024;

    private final SinkSettings settings;
    private final RowEncoder encoder = new RowEncoder();
    private final IdentityHashMap<TableId, TableBuffer> tables = new IdentityHashMap<>();
    private final List<Future<Void>> reports = new ArrayList<>();
    private int records;
    private long oldest;

    Buffers(SinkSettings settings) {
        this.settings = settings;
    }

    boolean isEmpty() {
        return records == 0;
    }

    Added add(Change change, int partition, long offset) {
        TableBuffer buffer = tables.get(change.table());
        if (buffer == null) {
            buffer = new TableBuffer(change.table(), settings.fold(), encoder);
            tables.put(change.table(), buffer);
        }
        return buffer.add(change, partition, offset);
    }

    void report(Future<Void> report) {
        reports.add(report);
    }

    /** A record is dealt with, whatever became of it. */
    void counted() {
        if (records == 0) {
            oldest = System.nanoTime();
        }
        records++;
    }

    boolean isFull() {
        return records >= settings.flushing().rows()
                // Summing up is cheap, but not for every record with hundreds of tables.
                || ((records & 63) == 0 || encoder.length() > LARGE_ROW)
                        && bytes() >= settings.flushing().bytes() / 2;
    }

    /** Milliseconds until the oldest record has waited long enough; zero or less when it has. */
    long millisLeft() {
        return settings.flushing().intervalMillis() - (System.nanoTime() - oldest) / 1_000_000;
    }

    List<TableBuffer> filled() {
        return tables.values().stream().filter(buffer -> !buffer.isEmpty()).toList();
    }

    List<Future<Void>> reports() {
        return List.copyOf(reports);
    }

    void clear() {
        tables.clear();
        reports.clear();
        records = 0;
    }

    private long bytes() {
        long bytes = 0;
        for (TableBuffer buffer : tables.values()) {
            bytes += buffer.bytes();
        }
        return bytes;
    }
}
