package io.millrace.sink.warehouse;

import io.millrace.sink.DestinationSinkConnector;
import io.millrace.sink.SinkSettings;
import io.millrace.sink.destination.Destination;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes topics of changes into tables of a warehouse, exactly once where the warehouse has transactions: the position of
 * what has been applied is kept in the target, in the same transaction as the rows.
 */
public final class WarehouseSinkConnector extends DestinationSinkConnector {
    private static final Logger LOG = LoggerFactory.getLogger(WarehouseSinkConnector.class);

    @Override
    public Class<? extends Task> taskClass() {
        return WarehouseSinkTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        List<Map<String, String>> configs = super.taskConfigs(maxTasks);
        if (configs.size() < maxTasks) {
            LOG.warn(
                    "tasks.max={}, but this warehouse takes {} writers: so many tasks are started",
                    maxTasks,
                    configs.size());
        }
        return configs;
    }

    @Override
    protected int mostTasks(AbstractConfig config) {
        WarehouseSinkConfig own = (WarehouseSinkConfig) config;
        return own.warehouse().maxTasks(own);
    }

    @Override
    public ConfigDef config() {
        return WarehouseSinkConfig.configDef();
    }

    @Override
    public Config validate(Map<String, String> given) {
        return new Validation(given).run(super.validate(given));
    }

    @Override
    protected AbstractConfig parse(Map<String, String> given) {
        return new WarehouseSinkConfig(given);
    }

    @Override
    protected Destination destination(AbstractConfig config, SinkSettings settings) {
        return WarehouseSinkTask.open((WarehouseSinkConfig) config, settings);
    }
}
