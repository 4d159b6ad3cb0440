package io.millrace.sink;

import io.millrace.core.Version;
import io.millrace.sink.destination.Destination;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;

/** A sink task over a {@link Destination}: it wires a {@link SinkFlow} and decides nothing. */
public abstract class DestinationSinkTask extends SinkTask {
    private @Nullable SinkFlow flow;
    private boolean dry;

    /** The parsed configuration of the connector. */
    protected abstract AbstractConfig config(Map<String, String> properties);

    /** The target; it may connect later. */
    protected abstract Destination destination(AbstractConfig config, SinkSettings settings);

    @Override
    public String version() {
        return Version.version();
    }

    @Override
    public void start(Map<String, String> properties) {
        AbstractConfig config = config(properties);
        SinkSettings settings = SinkSettings.of(config);
        Destination destination = destination(config, settings);
        dry = settings.operators().dryRun();
        flow = new SinkFlow(context, settings, dry ? new DryRun(destination) : destination);
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        flow().open(partitions);
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        flow().put(records);
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> currentOffsets) {
        Map<TopicPartition, OffsetAndMetadata> durable = flow().durable();
        return dry ? Map.of() : durable;
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
        flow().close(partitions);
    }

    @Override
    public void stop() {
        if (flow != null) {
            flow.close();
            flow = null;
        }
    }

    private SinkFlow flow() {
        if (flow == null) {
            throw new IllegalStateException("The task is not started");
        }
        return flow;
    }
}
