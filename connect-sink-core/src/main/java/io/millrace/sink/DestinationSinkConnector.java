package io.millrace.sink;

import io.millrace.core.Version;
import io.millrace.sink.destination.Destination;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnector;

/** A sink connector over a {@link Destination}: each of its tasks has the connector's whole configuration, and its place. */
public abstract class DestinationSinkConnector extends SinkConnector {
    private Map<String, String> properties = Map.of();

    /** The parsed configuration of the connector. */
    protected abstract AbstractConfig parse(Map<String, String> given);

    /** The target; it may connect later. */
    protected abstract Destination destination(AbstractConfig config, SinkSettings settings);

    /** How many tasks may write at once. */
    protected int mostTasks(AbstractConfig config) {
        return Integer.MAX_VALUE;
    }

    @Override
    public String version() {
        return Version.version();
    }

    @Override
    public void start(Map<String, String> given) {
        SinkSettings.of(parse(given));
        properties = Map.copyOf(given);
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        int tasks = Math.min(maxTasks, mostTasks(parse(properties)));
        List<Map<String, String>> configs = new ArrayList<>();
        for (int number = 0; number < tasks; number++) {
            Map<String, String> config = new HashMap<>(properties);
            config.putAll(new SinkSettings.Place(number, tasks).keys());
            configs.add(config);
        }
        return configs;
    }

    @Override
    public void stop() {
        properties = Map.of();
    }

    /** Rewrites the ledger, which is what tasks go by, together with the consumer group's offsets. */
    @Override
    public boolean alterOffsets(Map<String, String> given, Map<TopicPartition, Long> offsets) {
        AbstractConfig config = parse(given);
        Map<TopicPartition, OptionalLong> next = new HashMap<>();
        offsets.forEach((partition, offset) ->
                next.put(partition, offset == null ? OptionalLong.empty() : OptionalLong.of(offset)));
        try (Destination destination = destination(config, SinkSettings.of(config))) {
            destination.rewind(next);
        } catch (ConnectException e) {
            throw e;
        } catch (Exception e) {
            throw new ConnectException("The target's ledger cannot be rewound", e);
        }
        return true;
    }
}
