package io.millrace.testing;

import org.testcontainers.kafka.KafkaContainer;

/** A broker in a container. */
final class ContainerBroker implements KafkaBroker {
    private final KafkaContainer container = new KafkaContainer("apache/kafka:4.3.1");

    ContainerBroker() {
        BrokerSettings.limits().forEach((key, value) -> container.withEnv(variable(key), value));
        container.start();
    }

    /** The image takes a setting as an environment variable: {@code log.dirs} is {@code KAFKA_LOG_DIRS}. */
    private static String variable(String setting) {
        return "KAFKA_" + setting.toUpperCase(java.util.Locale.ROOT).replace('.', '_');
    }

    @Override
    public String bootstrapServers() {
        return container.getBootstrapServers();
    }

    @Override
    public void close() {
        container.close();
    }
}
