package io.millrace.source;

import io.millrace.core.Version;
import io.millrace.source.batch.Handoff;
import io.millrace.source.batch.RecordBatches;
import io.millrace.source.position.StoredOffsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;

/**
 * Wires one task: a thread reads the source, {@link #poll} hands its batches to Connect, {@link #commit} tells the
 * source what is durable.
 */
public final class PostgresCdcSourceTask extends SourceTask {
    private @Nullable Handoff handoff;
    private @Nullable ReadingThread reading;
    private long pollMillis;

    @Override
    public String version() {
        return Version.version();
    }

    @Override
    public void start(Map<String, String> properties) {
        CdcConfig config = new CdcConfig(properties);
        pollMillis = config.getLong("poll.interval.ms");
        Handoff queue = new Handoff(config.getLong("max.queue.size.in.bytes"));
        StoredOffsets stored = new StoredOffsets(context.offsetStorageReader(), config.topicPrefix());
        RecordBatches out = new RecordBatches(queue, config.getInt("max.batch.size"), config.requestBytes());
        int task = Integer.parseInt(properties.get(CdcConfig.TASK_ID));
        handoff = queue;
        reading = ReadingThread.start(config, new CdcReader(config, task, stored, out), queue, task);
    }

    @Override
    public @Nullable List<SourceRecord> poll() throws InterruptedException {
        Handoff queue = handoff;
        return queue == null ? null : queue.poll(pollMillis);
    }

    /** Connect has just stored the offsets of what it acknowledged. */
    @Override
    public void commit() {
        ReadingThread thread = reading;
        if (thread != null) {
            thread.confirm();
        }
    }

    @Override
    public void stop() {
        ReadingThread thread = reading;
        if (thread != null) {
            thread.stop();
        }
    }
}
