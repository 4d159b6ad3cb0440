package io.millrace.sink.pg;

import io.millrace.sink.DestinationSinkTask;
import io.millrace.sink.SinkSettings;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;

/** The task of {@link PostgresSinkConnector}. */
public final class PostgresSinkTask extends DestinationSinkTask {
    @Override
    protected AbstractConfig config(Map<String, String> properties) {
        return new PostgresSinkConfig(properties);
    }

    @Override
    protected Destination destination(AbstractConfig config, SinkSettings settings) {
        return destination((PostgresSinkConfig) config, settings);
    }

    static PostgresDestination destination(PostgresSinkConfig config, SinkSettings settings) {
        TableId table = new TableId(Router.split(config.getString(PostgresSinkConfig.LEDGER_TABLE)));
        Sql.checkTable(table);
        String view = config.getString(PostgresSinkConfig.FRESHNESS_VIEW).trim();
        return new PostgresDestination(
                config.connection(),
                new Ledger(Sql.table(table), settings.ledgerId()),
                view.isEmpty() ? "" : Sql.table(new TableId(Router.split(view))),
                config.overwrite(table, settings.bookkeeping()),
                config.getBoolean(PostgresSinkConfig.AUTO_CREATE_TYPES),
                config.getBoolean(PostgresSinkConfig.AUTO_CREATE_INDEXES));
    }
}
