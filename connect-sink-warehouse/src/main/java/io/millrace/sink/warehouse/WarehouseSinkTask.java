package io.millrace.sink.warehouse;

import io.millrace.sink.DestinationSinkTask;
import io.millrace.sink.SinkSettings;
import io.millrace.sink.destination.Destination;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;

/** The task of {@link WarehouseSinkConnector}. */
public final class WarehouseSinkTask extends DestinationSinkTask {
    @Override
    protected AbstractConfig config(Map<String, String> properties) {
        return new WarehouseSinkConfig(properties);
    }

    @Override
    protected Destination destination(AbstractConfig config, SinkSettings settings) {
        return open((WarehouseSinkConfig) config, settings);
    }

    static Destination open(WarehouseSinkConfig config, SinkSettings settings) {
        config.checkLoading(config.warehouse());
        return config.warehouse().destination(config, settings);
    }
}
