package io.millrace.source;

import io.millrace.core.Version;
import io.millrace.source.batch.GenerationOffsets;
import io.millrace.source.batch.Handoff;
import io.millrace.source.batch.RecordBatches;
import io.millrace.source.meter.Meters;
import io.millrace.source.meter.WorkerMetrics;
import io.millrace.source.notice.NoticeChannels;
import io.millrace.source.position.StoredOffsets;
import io.millrace.source.position.StreamOffset;
import io.millrace.source.record.ControlRecords;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.RecordMetadata;
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
    private final Clock clock;
    private final Meters meters;
    private @Nullable NoticeChannels notices;
    private final GenerationOffsets generations = new GenerationOffsets();
    private long pollMillis;

    public PostgresCdcSourceTask() {
        this(Clock.systemUTC());
    }

    /** @param clock of this machine, which decides nothing */
    PostgresCdcSourceTask(Clock clock) {
        this.clock = clock;
        this.meters = new Meters(clock);
    }

    @Override
    public String version() {
        return Version.version();
    }

    @Override
    public void start(Map<String, String> properties) {
        CdcConfig config = new CdcConfig(properties);
        pollMillis = config.getLong("poll.interval.ms");
        Handoff queue = new Handoff(config.getLong("max.queue.size.in.bytes"), config.getInt("max.batch.size"));
        StoredOffsets stored = new StoredOffsets(context.offsetStorageReader(), config.topicPrefix());
        RecordBatches out = new RecordBatches(
                queue, config.getInt("max.batch.size"), config.requestBytes(), config.exactlyOnce(), meters);
        int task = Integer.parseInt(properties.get(CdcConfig.TASK_ID));
        WorkerMetrics.show(meters, context);
        NoticeChannels channels = new NoticeChannels(config.noticeSettings(), task, clock, out);
        notices = channels;
        handoff = queue;
        CdcReader reader = new CdcReader(config, task, stored, out, generations, channels, clock);
        reading = ReadingThread.start(config, reader, queue, "millrace-" + config.topicPrefix() + "-" + task);
    }

    @Override
    public @Nullable List<SourceRecord> poll() throws InterruptedException {
        Handoff queue = handoff;
        return queue == null ? null : queue.poll(pollMillis);
    }

    /** The record is in its topic, or dropped on purpose: {@code metadata} is null then. */
    @Override
    public void commitRecord(SourceRecord record, @Nullable RecordMetadata metadata) {
        Handoff queue = handoff;
        if (queue != null) {
            queue.acknowledged();
        }
        generations.acknowledged(record, metadata);
        if (record.sourceOffset() instanceof StreamOffset offset && offset.ofChange()) {
            meters.arrived(offset.commitMicros());
        } else if (ControlRecords.isChunk(record)) {
            meters.copied();
        }
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
        NoticeChannels channels = notices;
        if (channels != null) {
            channels.close();
        }
    }
}
