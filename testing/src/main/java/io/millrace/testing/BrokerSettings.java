package io.millrace.testing;

import java.util.LinkedHashMap;
import java.util.Map;

/** Settings of a single broker that must not fill a disk or wait for replicas. */
final class BrokerSettings {
    private BrokerSettings() {}

    static Map<String, String> limits() {
        var settings = new LinkedHashMap<String, String>();
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "5");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "5");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("log.retention.bytes", String.valueOf(4L << 30));
        settings.put("log.retention.ms", String.valueOf(6 * 3600 * 1000));
        settings.put("log.segment.bytes", String.valueOf(256 << 20));
        settings.put("auto.create.topics.enable", "true");
        settings.put("message.max.bytes", String.valueOf(16 << 20));
        settings.put("log.cleaner.dedupe.buffer.size", String.valueOf(4 << 20));
        return settings;
    }

    /** One node that is broker and controller, all of it under {@code folder}. */
    static Map<String, String> singleNode(String logDirs, int brokerPort, int controllerPort) {
        var settings = limits();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@localhost:" + controllerPort);
        settings.put("listeners", "PLAINTEXT://localhost:" + brokerPort + ",CONTROLLER://localhost:" + controllerPort);
        settings.put("advertised.listeners", "PLAINTEXT://localhost:" + brokerPort);
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("inter.broker.listener.name", "PLAINTEXT");
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("log.dirs", logDirs);
        return settings;
    }
}
