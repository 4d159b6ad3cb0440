package io.millrace.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a Connect worker is started. Workers with one group id and one broker form a cluster.
 *
 * @param groupId {@code group.id}, and the prefix of the internal topics
 * @param modules modules of this build whose archives the worker loads, for example {@code connect-sink-pg}
 * @param pluginFolders further plugin folders, each a folder of jars
 * @param heap {@code -Xmx} of a worker that is a process of its own, for example {@code 512m}
 * @param jvmArguments more arguments for such a process; those of Kafka's own scripts are given without asking
 * @param properties worker properties over the defaults
 */
public record WorkerOptions(
        String groupId,
        List<String> modules,
        List<Path> pluginFolders,
        String heap,
        List<String> jvmArguments,
        Map<String, String> properties) {
    public WorkerOptions {
        modules = List.copyOf(modules);
        pluginFolders = List.copyOf(pluginFolders);
        jvmArguments = List.copyOf(jvmArguments);
        properties = Map.copyOf(properties);
    }

    /** Group {@code connect}, with the archives of these modules. */
    public static WorkerOptions withModules(String... modules) {
        return new WorkerOptions("connect", List.of(modules), List.of(), "1g", List.of(), Map.of());
    }

    public WorkerOptions group(String id) {
        return new WorkerOptions(id, modules, pluginFolders, heap, jvmArguments, properties);
    }

    /** For example {@link Settings#debeziumPlugin()}. */
    public WorkerOptions pluginFolder(Path folder) {
        var all = new ArrayList<>(pluginFolders);
        all.add(folder);
        return new WorkerOptions(groupId, modules, all, heap, jvmArguments, properties);
    }

    public WorkerOptions heap(String size) {
        return new WorkerOptions(groupId, modules, pluginFolders, size, jvmArguments, properties);
    }

    public WorkerOptions jvm(String... arguments) {
        return new WorkerOptions(groupId, modules, pluginFolders, heap, List.of(arguments), properties);
    }

    public WorkerOptions with(String property, String value) {
        var all = new LinkedHashMap<>(properties);
        all.put(property, value);
        return new WorkerOptions(groupId, modules, pluginFolders, heap, jvmArguments, all);
    }

    /** The worker's properties; those of {@link #properties} last. */
    Map<String, String> workerProperties(String bootstrapServers, int restPort, Path pluginPath) {
        var all = new LinkedHashMap<String, String>();
        all.put("bootstrap.servers", bootstrapServers);
        all.put("group.id", groupId);
        for (String kind : List.of("config", "offset", "status")) {
            all.put(kind + ".storage.topic", groupId + "-" + kind + "s");
            all.put(kind + ".storage.replication.factor", "1");
        }
        all.put("offset.storage.partitions", "1");
        all.put("status.storage.partitions", "1");
        all.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
        all.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
        all.put("listeners", "http://localhost:" + restPort);
        all.put("rest.advertised.host.name", "localhost");
        all.put("rest.advertised.port", String.valueOf(restPort));
        all.put("plugin.path", pluginPath.toString());
        all.put("plugin.discovery", "service_load");
        all.put("connector.client.config.override.policy", "All");
        // Tests restart and kill: the defaults (a minute, five minutes) would be most of their time.
        all.put("offset.flush.interval.ms", "1000");
        all.put("scheduled.rebalance.max.delay.ms", "1000");
        all.put("task.shutdown.graceful.timeout.ms", "10000");
        // A killed worker is missed after this time.
        all.put("session.timeout.ms", "6000");
        all.put("heartbeat.interval.ms", "1000");
        all.putAll(properties);
        return all;
    }
}
