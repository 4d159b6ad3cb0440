package io.millrace.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/** Postgres from the binaries that the build fetched, as a child process. */
final class EmbeddedPostgresServer implements PostgresServer {
    private final PostgresOptions options;
    private final TemporaryFolder folder = TemporaryFolder.create("postgres");
    private final int port = Ports.free();
    private @Nullable EmbeddedPostgres running;

    EmbeddedPostgresServer(PostgresOptions options) {
        this.options = options;
        try {
            start();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void start() {
        Path log = folder.resolve("postgres.log");
        var builder = EmbeddedPostgres.builder()
                .setPgBinaryResolver((system, machine) -> binaries(options.version()))
                .setOverrideWorkingDirectory(binariesFolder())
                .setDataDirectory(folder.resolve("data"))
                .setCleanDataDirectory(false)
                .setPort(port)
                .setPGStartupWait(Duration.ofSeconds(60))
                .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .setErrorRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()));
        options.serverSettings().forEach(builder::setServerConfig);
        try {
            running = builder.start();
        } catch (IOException | IllegalStateException e) {
            throw new IllegalStateException(
                    "Postgres " + options.version() + " did not start: " + e + "\n" + Tail.of(log, 20), e);
        }
    }

    /** Where the binaries are unpacked, once. Per user: the next one could not write to a common folder. */
    private static File binariesFolder() {
        return Path.of(System.getProperty("java.io.tmpdir"), "millrace-postgres-" + System.getProperty("user.name"))
                .toFile();
    }

    private static InputStream binaries(int version) throws IOException {
        try (var jar = new JarFile(Settings.postgresBinaries(version).toFile())) {
            var archive = jar.stream()
                    .filter(entry -> entry.getName().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow(() -> new IOException(jar.getName() + " holds no .txz archive"));
            try (InputStream in = jar.getInputStream(archive)) {
                return new ByteArrayInputStream(in.readAllBytes());
            }
        }
    }

    @Override
    public String host() {
        return "localhost";
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
        stop();
        start();
    }

    @Override
    public void stop() {
        EmbeddedPostgres server = running;
        running = null;
        if (server != null) {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void kill() {
        try {
            long pid = Long.parseLong(Files.readAllLines(folder.resolve("data/postmaster.pid"))
                    .get(0)
                    .trim());
            ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
            var backends = server.children().toList();
            server.destroyForcibly();
            backends.forEach(ProcessHandle::destroyForcibly);
            server.onExit().get(10, TimeUnit.SECONDS);
            for (ProcessHandle backend : backends) {
                backend.onExit().get(10, TimeUnit.SECONDS);
            }
        } catch (Exception e) {
            throw new IllegalStateException("Could not kill Postgres", e);
        }
        // Finds nothing to stop, and lets go of the lock on the data folder.
        stop();
    }

    @Override
    public void close() {
        try {
            stop();
        } finally {
            folder.close();
        }
    }
}
