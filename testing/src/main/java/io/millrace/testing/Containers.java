package io.millrace.testing;

import org.testcontainers.DockerClientFactory;

/** The door to Testcontainers: nothing else names it, so that a build without Docker never loads it. */
final class Containers {
    private Containers() {}

    static PostgresServer postgres(PostgresOptions options) {
        requireDocker();
        return new ContainerPostgresServer(options);
    }

    static KafkaBroker broker() {
        requireDocker();
        return new ContainerBroker();
    }

    private static void requireDocker() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            throw new IllegalStateException("millrace.servers=containers, but no Docker answers: start Docker, or"
                    + " leave the property out to use the embedded servers");
        }
    }
}
