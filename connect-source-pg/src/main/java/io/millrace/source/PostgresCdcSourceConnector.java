package io.millrace.source;

import io.millrace.core.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;

/**
 * Copies Postgres tables into topics and keeps on with their changes, in Debezium's format. {@code tasks.max} tasks
 * share the initial copy; the first of them streams. The list of task configurations depends on the configuration
 * alone, so that nothing that happens in a task makes Connect stop the others.
 */
public final class PostgresCdcSourceConnector extends SourceConnector {
    private Map<String, String> properties = Map.of();

    @Override
    public String version() {
        return Version.version();
    }

    @Override
    public ConfigDef config() {
        return CdcConfig.configDef();
    }

    @Override
    public void start(Map<String, String> given) {
        CdcConfig config = new CdcConfig(given);
        config.filter();
        config.generations();
        DebeziumKeys.refused(given).forEach(value -> {
            throw new ConfigException(
                    value.name(), value.value(), value.errorMessages().get(0));
        });
        properties = Map.copyOf(given);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return PostgresCdcSourceTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        CdcConfig config = new CdcConfig(properties);
        int tasks = config.copies() ? Math.min(maxTasks, config.copySessions()) : 1;
        List<Map<String, String>> configs = new ArrayList<>(tasks);
        for (int task = 0; task < tasks; task++) {
            Map<String, String> one = new HashMap<>(properties);
            one.put(CdcConfig.TASK_ID, Integer.toString(task));
            one.put(CdcConfig.TASKS, Integer.toString(tasks));
            configs.add(one);
        }
        return configs;
    }

    /** Every record's offset says exactly what is in the topics with it, rows in the middle of a chunk included. */
    @Override
    public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> given) {
        return ExactlyOnceSupport.SUPPORTED;
    }

    /** Checks the values, then the live database: each error on the key that has to change. */
    @Override
    public Config validate(Map<String, String> given) {
        return LiveChecks.run(given, super.validate(given));
    }

    /** Refuses positions from which the stream cannot go on; Connect stores what is not refused. */
    @Override
    public boolean alterOffsets(Map<String, String> given, Map<Map<String, ?>, Map<String, ?>> offsets) {
        new OffsetChanges(new CdcConfig(given)).check(offsets);
        return true;
    }

    @Override
    public void stop() {}
}
