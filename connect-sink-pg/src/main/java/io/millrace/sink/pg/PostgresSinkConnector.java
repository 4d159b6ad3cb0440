package io.millrace.sink.pg;

import io.millrace.sink.DestinationSinkConnector;
import io.millrace.sink.SinkSettings;
import io.millrace.sink.destination.Destination;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;

/**
 * Writes topics of changes into tables of a Postgres database, exactly once: the position of what has been applied is
 * kept in the target, in the same transaction as the rows.
 */
public final class PostgresSinkConnector extends DestinationSinkConnector {
    @Override
    public Class<? extends Task> taskClass() {
        return PostgresSinkTask.class;
    }

    @Override
    public ConfigDef config() {
        return PostgresSinkConfig.configDef();
    }

    @Override
    public Config validate(Map<String, String> given) {
        return new Validation(given).run(super.validate(given));
    }

    @Override
    protected AbstractConfig parse(Map<String, String> given) {
        return new PostgresSinkConfig(given);
    }

    @Override
    protected Destination destination(AbstractConfig config, SinkSettings settings) {
        return PostgresSinkTask.destination((PostgresSinkConfig) config, settings);
    }
}
