package io.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a build gets that asks for something else than it can have. */
class ContainersTest {
    private final String before = System.getProperty("millrace.servers", "embedded");

    @AfterEach
    void restore() {
        System.setProperty("millrace.servers", before);
    }

    @Test
    void failsWithAClearMessageWithoutDocker() {
        System.setProperty("millrace.servers", "containers");
        if (org.testcontainers.DockerClientFactory.instance().isDockerAvailable()) {
            assertThat(Settings.containers()).isTrue();
            return;
        }
        assertThatThrownBy(PostgresServer::start).hasMessageContaining("no Docker answers");
        assertThatThrownBy(KafkaBroker::start).hasMessageContaining("no Docker answers");
    }

    @Test
    void refusesAnUnknownKindOfServers() {
        System.setProperty("millrace.servers", "podman");
        assertThatThrownBy(PostgresServer::start).hasMessageContaining("say embedded or containers");
    }
}
