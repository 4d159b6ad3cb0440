package io.millrace.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.function.BooleanSupplier;

/** What a worker needs on disk: unpacked plugins, log settings, its properties. Both kinds of worker start from it. */
final class WorkerFolder implements AutoCloseable {
    private final TemporaryFolder folder = TemporaryFolder.create("worker");
    private final int port = Ports.free();
    private final Map<String, String> properties;

    WorkerFolder(String bootstrapServers, WorkerOptions options) {
        try {
            Path plugins = Files.createDirectories(folder.resolve("plugins"));
            for (String module : options.modules()) {
                PluginArchives.unpack(PluginArchives.zip(module), plugins);
            }
            for (int i = 0; i < options.pluginFolders().size(); i++) {
                Files.createSymbolicLink(
                        plugins.resolve("extra-" + i),
                        options.pluginFolders().get(i).toAbsolutePath());
            }
            properties = options.workerProperties(bootstrapServers, port, plugins);
            LogSettings.write(configuration(), log());
            writeProperties();
        } catch (IOException e) {
            folder.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private void writeProperties() throws IOException {
        var stored = new Properties();
        stored.putAll(properties);
        try (var out = Files.newBufferedWriter(propertiesFile())) {
            stored.store(out, null);
        }
    }

    /** Comes first on the worker's class path. */
    Path configuration() {
        return folder.resolve("conf");
    }

    Path log() {
        return folder.resolve("worker.log");
    }

    Path propertiesFile() {
        return folder.resolve("worker.properties");
    }

    Map<String, String> properties() {
        return properties;
    }

    String url() {
        return "http://localhost:" + port;
    }

    void awaitHealthy(BooleanSupplier alive) {
        var rest = new ConnectRest(url(), () -> Tail.of(log(), 60));
        Await.until(
                "the worker is healthy",
                Duration.ofSeconds(90),
                () -> {
                    if (!alive.getAsBoolean()) {
                        throw new Stopped("The worker ended while starting\n" + Tail.of(log(), 60));
                    }
                    return rest.healthy();
                },
                () -> Tail.of(log(), 60));
    }

    @Override
    public void close() {
        folder.close();
    }

    /** An error, so that nothing waits for a worker that cannot come any more. */
    private static final class Stopped extends Error {
        private static final long serialVersionUID = 1;

        Stopped(String message) {
            super(message);
        }
    }
}
