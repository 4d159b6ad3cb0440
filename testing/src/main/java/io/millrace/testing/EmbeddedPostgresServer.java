package io.millrace.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Postgres from the binaries that the build fetched, as a child process. */
final class EmbeddedPostgresServer implements PostgresServer {
    private final PostgresOptions options;
    private final Unprivileged user;
    private final TemporaryFolder folder = TemporaryFolder.create("postgres");
    private final Path binaries;
    private final int port = Ports.free();
    private final Runnable onExit = this::kill;
    private @Nullable Process process;

    EmbeddedPostgresServer(PostgresOptions options) {
        this(options, Unprivileged.find());
    }

    EmbeddedPostgresServer(PostgresOptions options, Unprivileged user) {
        this(options, user, null);
    }

    /** @param backup what the server begins with; null for an empty cluster */
    EmbeddedPostgresServer(PostgresOptions options, Unprivileged user, @Nullable BaseBackup backup) {
        this.options = options;
        this.user = user;
        OnExit.add(onExit);
        try {
            binaries = PostgresBinaries.of(options.version());
            user.give(folder.path());
            if (backup == null) {
                initialise();
            } else {
                backup.copy(Path.of(data()), user);
            }
            start();
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** One superuser with a password, asked for on every connection; order of text by bytes. */
    private void initialise() throws IOException {
        Path password = Files.writeString(folder.resolve("password"), password() + "\n");
        Process initdb = launch(
                "initdb",
                "--pgdata=" + data(),
                "--username=" + user(),
                "--auth=scram-sha-256",
                "--pwfile=" + password,
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync");
        Signals.awaitEnd(initdb);
        if (initdb.exitValue() != 0) {
            throw new IllegalStateException("initdb of Postgres " + options.version() + " failed:\n" + log());
        }
    }

    private void start() {
        var command = new ArrayList<>(List.of("postgres", "-D", data(), "-p", String.valueOf(port)));
        command.addAll(List.of("-c", "listen_addresses=localhost", "-c", "unix_socket_directories="));
        options.serverSettings().forEach((setting, value) -> command.addAll(List.of("-c", setting + "=" + value)));
        try {
            Process started = launch(command.toArray(String[]::new));
            process = started;
            Await.until("Postgres accepts connections", Duration.ofSeconds(60), () -> answers(started), this::log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers(Process started) {
        if (!started.isAlive()) {
            throw new AssertionError("Postgres " + options.version() + " ended while starting:\n" + log());
        }
        try (var connection = DriverManager.getConnection(jdbcUrl(), user(), password())) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    private Process launch(String... command) throws IOException {
        var words = new ArrayList<>(List.of(command));
        words.set(0, binaries.resolve("bin").resolve(command[0]).toString());
        File log = folder.resolve("postgres.log").toFile();
        return new ProcessBuilder(user.command(words))
                .directory(folder.path().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private String log() {
        return Tail.of(folder.resolve("postgres.log"), 20);
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
        Process server = process;
        process = null;
        if (server != null && server.isAlive()) {
            // SIGTERM would wait for the clients to leave; this ends their sessions.
            Signals.send("INT", server.pid());
            Signals.awaitEnd(server);
        }
    }

    @Override
    public void kill() {
        Process server = process;
        process = null;
        if (server != null) {
            var backends = server.children().toList();
            server.destroyForcibly();
            backends.forEach(ProcessHandle::destroyForcibly);
            Signals.awaitEnd(server);
            // Shared memory in use keeps the next server from starting.
            backends.forEach(backend -> backend.onExit().join());
        }
    }

    @Override
    public void pause() {
        Process server = running();
        // First who could start more of them.
        Signals.send("STOP", server.pid());
        server.descendants().forEach(backend -> Signals.send("STOP", backend.pid()));
    }

    @Override
    public void resume() {
        Process server = running();
        server.descendants().forEach(backend -> Signals.send("CONT", backend.pid()));
        Signals.send("CONT", server.pid());
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("the server does not run");
        }
        return process;
    }

    @Override
    public void close() {
        try {
            // Its data goes away: nothing to wait for.
            kill();
        } finally {
            folder.close();
            OnExit.remove(onExit);
        }
    }
}
