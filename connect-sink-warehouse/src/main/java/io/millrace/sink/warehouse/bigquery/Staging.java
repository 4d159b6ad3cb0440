package io.millrace.sink.warehouse.bigquery;

import com.google.cloud.bigquery.BigQueryException;
import com.google.cloud.bigquery.TableId;
import io.millrace.sink.destination.Batch;
import io.millrace.sink.warehouse.avro.AvroFile;
import io.millrace.sink.warehouse.avro.AvroRows;
import io.millrace.sink.warehouse.bigquery.encode.Mapping;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Staging tables: a new one for each batch, filled by a load job with an {@link AvroRows} file, in a dataset whose tables
 * expire, so that those of a task that was killed go away too. Loads run side by side, since each takes seconds however
 * small it is.
 */
final class Staging {
    private static final Logger LOG = LoggerFactory.getLogger(Staging.class);

    private final Jobs jobs;
    private final BigQuerySettings settings;
    private final @Nullable Bucket bucket;
    private final ExecutorService threads;
    private final Map<String, Future<Loaded>> loads = new ConcurrentHashMap<>();
    private final Set<String> tables = ConcurrentHashMap.newKeySet();

    /** By file the table that is loaded from it. */
    private final Map<String, String> files = new ConcurrentHashMap<>();

    private final Set<String> loading = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** {@code threads}: nothing that waits for a load may be given to them before the load is. */
    Staging(Jobs jobs, BigQuerySettings settings, @Nullable Bucket bucket, ExecutorService threads) {
        this.jobs = jobs;
        this.settings = settings;
        this.bucket = bucket;
        this.threads = threads;
    }

    /** Begins to load a batch, which has to stay as it is; returns the name that {@link #find} takes, empty without rows. */
    String begin(Batch batch) {
        if (batch.rows().count() == 0) {
            return "";
        }
        String name = jobs.freshName();
        loads.put(name, threads.submit(() -> load(name, batch)));
        return name;
    }

    /** Waits for what was begun. */
    Loaded find(String name) throws JobException {
        Future<Loaded> load = loads.get(name);
        if (load == null) {
            throw new IllegalStateException("Nothing is staged as " + name);
        }
        try {
            return load.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof JobException failed) {
                throw failed;
            }
            throw e.getCause() instanceof ConnectException failed
                    ? failed
                    : new ConnectException("Rows cannot be staged: " + e.getCause(), e.getCause());
        } catch (CancellationException | InterruptedException e) {
            throw Jobs.stopped(e);
        }
    }

    private Loaded load(String name, Batch batch) throws JobException {
        loading.add(name);
        tables.add(name);
        try {
            return loaded(name, batch);
        } finally {
            loading.remove(name);
            if (closed) {
                drop();
            }
        }
    }

    private Loaded loaded(String name, Batch batch) throws JobException {
        List<AvroFile.Type> types = batch.columns().stream()
                .map(column -> Mapping.staged(column.encoding().form()))
                .toList();
        KeyBounds[] bounds = new KeyBounds[1];
        Jobs.Content content = out -> {
            bounds[0] = new KeyBounds(batch);
            AvroRows.write(batch, types, bounds[0]::see, out);
        };
        TableId table = TableId.of(settings.project(), settings.stagingDataset(), name);
        if (bucket == null) {
            jobs.load(table, content);
        } else {
            jobs.load(table, bucket, () -> freshFile(name), content);
        }
        return new Loaded(settings.place().sql(settings.stagingDataset(), name), bounds[0].ranges());
    }

    private String freshFile(String table) {
        String file = jobs.freshName() + ".avro";
        files.put(file, table);
        return file;
    }

    /** Waits for what is on its way, and drops all of it: the rows are in their tables, or are not wanted any more. */
    void clear() {
        for (Future<Loaded> load : loads.values()) {
            try {
                load.get();
            } catch (ExecutionException | CancellationException e) {
                // Told by find, or of a flush that has failed for another reason.
                LOG.debug("A load has failed", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        drop();
    }

    /** The same without waiting: what is being loaded is dropped when it is there. What cannot be dropped expires. */
    void close() {
        closed = true;
        loads.values().forEach(load -> load.cancel(false));
        drop();
    }

    private void drop() {
        loads.clear();
        for (String name : tables) {
            if (loading.contains(name)) {
                continue;
            }
            try {
                jobs.client().delete(TableId.of(settings.project(), settings.stagingDataset(), name));
            } catch (BigQueryException e) {
                LOG.warn("Staging table {} is left to expire: {}", name, e.getMessage());
            }
            tables.remove(name);
        }
        for (String file : files.keySet()) {
            if (loading.contains(String.valueOf(files.get(file)))) {
                continue;
            }
            try {
                Objects.requireNonNull(bucket).delete(file);
            } catch (JobException e) {
                LOG.warn("File {} stays in {}: {}", file, settings.stagingLocation(), e.text());
            }
            files.remove(file);
        }
    }
}
