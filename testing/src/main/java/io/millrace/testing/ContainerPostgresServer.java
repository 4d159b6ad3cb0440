package io.millrace.testing;

import java.util.ArrayList;
import java.util.List;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** Postgres in a container. */
final class ContainerPostgresServer implements PostgresServer {
    private final PostgresOptions options;
    private final PostgreSQLContainer container;
    private final int port = Ports.free();

    ContainerPostgresServer(PostgresOptions options) {
        this.options = options;
        List<String> command = new ArrayList<>(List.of("postgres"));
        options.serverSettings().forEach((setting, value) -> command.addAll(List.of("-c", setting + "=" + value)));
        container = new PostgreSQLContainer("postgres:" + options.version())
                .withUsername(user())
                .withPassword(password())
                .withDatabaseName(database())
                .withCommand(command.toArray(String[]::new));
        // A fixed binding, because Docker gives a restarted container another mapped port.
        container.setPortBindings(List.of(port + ":" + PostgreSQLContainer.POSTGRESQL_PORT));
        container.start();
    }

    @Override
    public String host() {
        return container.getHost();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public int version() {
        return options.version();
    }

    @Override
    public void restart() {
        var docker = container.getDockerClient();
        docker.restartContainerCmd(container.getContainerId()).exec();
        Await.until("Postgres accepts connections", () -> {
            connect().close();
            return true;
        });
    }

    @Override
    public void stop() {
        container.getDockerClient().stopContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void kill() {
        container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void pause() {
        container
                .getDockerClient()
                .pauseContainerCmd(container.getContainerId())
                .exec();
    }

    @Override
    public void resume() {
        container
                .getDockerClient()
                .unpauseContainerCmd(container.getContainerId())
                .exec();
    }

    @Override
    public void close() {
        container.close();
    }
}
