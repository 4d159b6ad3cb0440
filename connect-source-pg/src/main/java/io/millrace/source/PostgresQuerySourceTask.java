package io.millrace.source;

import io.millrace.core.Version;
import io.millrace.source.batch.GenerationOffsets;
import io.millrace.source.batch.Handoff;
import io.millrace.source.catalog.Database;
import io.millrace.source.catalog.Sessions;
import io.millrace.source.meter.RunMeters;
import io.millrace.source.meter.WorkerMetrics;
import io.millrace.source.query.Mirror;
import io.millrace.source.query.MirrorLock;
import io.millrace.source.signal.SignalTopic;
import io.millrace.source.signal.SignalTopicSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;

/** Wires one task: a thread for each of its mirrors, which share the sessions that read ranges and the way to Connect. */
public final class PostgresQuerySourceTask extends SourceTask {
    private final List<ReadingThread> reading = new ArrayList<>();
    private final Map<String, GenerationOffsets> generations = new HashMap<>();
    private @Nullable Handoff handoff;
    private @Nullable QuerySignals signals;
    private @Nullable Sessions sessions;
    private @Nullable MirrorLock lock;
    private @Nullable Database database;
    private long pollMillis;

    @Override
    public String version() {
        return Version.version();
    }

    @Override
    public void start(Map<String, String> properties) {
        QueryConfig config = new QueryConfig(properties);
        Set<String> own =
                Set.of(properties.getOrDefault(QueryConfig.TASK_MIRRORS, "").split("\n", -1));
        List<QueryConfig.Configured> mirrors = config.mirrors().stream()
                .filter(mirror -> own.contains(mirror.settings().name()))
                .toList();
        pollMillis = config.getLong("poll.interval.ms");
        Handoff queue = new Handoff(config.getLong("max.queue.size.in.bytes"), config.getInt("max.batch.size"));
        Database source = config.database();
        int parallel = Math.min(mirrors.size(), config.mirrorsInParallel());
        int workers = mirrors.stream()
                .mapToInt(mirror -> mirror.settings().workers())
                .max()
                .orElse(1);
        String role = "millrace query " + config.topicPrefix();
        Sessions shared = new Sessions(source, role, Math.max(1, parallel * (workers - 1)), role);
        MirrorLock locks = new MirrorLock(source, config.topicPrefix());
        handoff = queue;
        sessions = shared;
        lock = locks;
        database = source;
        Semaphore running = new Semaphore(parallel);
        QuerySchemas schemas = new QuerySchemas(config, source);
        List<Mirror> started = new ArrayList<>();
        long from = SignalTopic.END;
        for (QueryConfig.Configured configured : mirrors) {
            Mirror.Shared with = new Mirror.Shared(
                    shared,
                    running,
                    locks,
                    partition -> context.offsetStorageReader().offset(partition),
                    queue,
                    config.getInt("max.batch.size"),
                    config.requestBytes(),
                    config.topics(),
                    shape -> schemas.of(configured, shape),
                    new QueryTarget(config)::open);
            GenerationOffsets offsets = new GenerationOffsets();
            RunMeters meters = new RunMeters();
            Mirror mirror = new Mirror(configured.settings(), with, offsets, meters);
            WorkerMetrics.show(mirror.name(), meters, context);
            generations.put(mirror.name(), offsets);
            started.add(mirror);
            long behind = Mirror.signalsFrom(with.stored().apply(mirror.partition()));
            from = behind < 0 ? from : Math.min(from, behind);
            reading.add(ReadingThread.start(
                    config,
                    new MirrorReader(mirror, source),
                    queue,
                    "millrace-" + config.topicPrefix() + "-" + mirror.name()));
        }
        SignalTopicSettings topic = SignalKeys.topic(config, config.topicPrefix());
        signals = topic == null ? null : new QuerySignals(topic, started, from);
    }

    @Override
    public @Nullable List<SourceRecord> poll() throws InterruptedException {
        QuerySignals asked = signals;
        if (asked != null) {
            asked.pass();
        }
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
        GenerationOffsets offsets =
                generations.get(String.valueOf(record.sourcePartition().get("mirror")));
        if (offsets != null) {
            offsets.acknowledged(record, metadata);
        }
    }

    @Override
    public void stop() {
        QuerySignals asked = signals;
        if (asked != null) {
            asked.close();
        }
        reading.forEach(ReadingThread::interrupt);
        Sessions open = sessions;
        if (open != null) {
            open.close();
        }
        reading.forEach(ReadingThread::stop);
        MirrorLock held = lock;
        if (held != null) {
            held.close();
        }
        Database source = database;
        if (source != null) {
            source.sessions().abort();
        }
    }
}
