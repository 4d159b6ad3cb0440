package io.millrace.sink.pg;

import io.millrace.core.Version;
import io.millrace.sink.SinkSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/**
 * Writes topics of changes into tables of a Postgres database, exactly once: the position of what has been applied is
 * kept in the target, in the same transaction as the rows.
 */
public final class PostgresSinkConnector extends SinkConnector {
    private Map<String, String> properties = Map.of();

    @Override
    public String version() {
        return Version.version();
    }

    @Override
    public void start(Map<String, String> given) {
        SinkSettings.of(new PostgresSinkConfig(given));
        properties = Map.copyOf(given);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return PostgresSinkTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        List<Map<String, String>> configs = new ArrayList<>();
        for (int i = 0; i < maxTasks; i++) {
            configs.add(properties);
        }
        return configs;
    }

    @Override
    public void stop() {
        properties = Map.of();
    }

    @Override
    public ConfigDef config() {
        return PostgresSinkConfig.configDef();
    }

    @Override
    public Config validate(Map<String, String> given) {
        return new Validation(given).run(super.validate(given));
    }

    /** Rewrites the ledger, which is what tasks go by, together with the consumer group's offsets. */
    @Override
    public boolean alterOffsets(Map<String, String> given, Map<TopicPartition, Long> offsets) {
        PostgresSinkConfig config = new PostgresSinkConfig(given);
        Map<TopicPartition, OptionalLong> next = new HashMap<>();
        offsets.forEach((partition, offset) ->
                next.put(partition, offset == null ? OptionalLong.empty() : OptionalLong.of(offset)));
        try (PostgresDestination destination = PostgresSinkTask.destination(config, SinkSettings.of(config))) {
            destination.rewind(next);
        }
        return true;
    }
}
