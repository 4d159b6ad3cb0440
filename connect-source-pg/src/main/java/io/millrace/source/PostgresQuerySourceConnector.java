package io.millrace.source;

import io.millrace.core.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;

/**
 * Mirrors tables, or the results of queries, by asking for what is new at intervals: by a watermark column, by xmin, or
 * everything. It needs no slot and writes nothing in the source. Every mirror belongs to one task; the list of task
 * configurations depends on the configuration alone.
 */
public final class PostgresQuerySourceConnector extends SourceConnector {
    private Map<String, String> properties = Map.of();

    @Override
    public String version() {
        return Version.version();
    }

    @Override
    public ConfigDef config() {
        return QueryConfig.configDef();
    }

    @Override
    public void start(Map<String, String> given) {
        new QueryConfig(given).mirrors();
        properties = Map.copyOf(given);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return PostgresQuerySourceTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        List<String> names = new QueryConfig(properties)
                .mirrors().stream().map(mirror -> mirror.settings().name()).toList();
        int tasks = Math.min(maxTasks, names.size());
        List<Map<String, String>> configs = new ArrayList<>(tasks);
        for (int task = 0; task < tasks; task++) {
            List<String> own = new ArrayList<>();
            for (int i = task; i < names.size(); i += tasks) {
                own.add(names.get(i));
            }
            Map<String, String> one = new HashMap<>(properties);
            one.put(QueryConfig.TASK_MIRRORS, String.join("\n", own));
            configs.add(one);
        }
        return configs;
    }

    /** A crash repeats ranges that were read in part. */
    @Override
    public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> given) {
        return ExactlyOnceSupport.UNSUPPORTED;
    }

    /** Checks the values, then the live database: each error on the key that has to change. */
    @Override
    public Config validate(Map<String, String> given) {
        return QueryChecks.run(given, super.validate(given));
    }

    /** Refuses positions from which a mirror cannot go on; Connect stores what is not refused. */
    @Override
    public boolean alterOffsets(Map<String, String> given, Map<Map<String, ?>, Map<String, ?>> offsets) {
        new QueryOffsetChanges(new QueryConfig(given)).check(offsets);
        return true;
    }

    @Override
    public void stop() {}
}
