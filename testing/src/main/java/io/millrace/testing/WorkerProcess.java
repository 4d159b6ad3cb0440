package io.millrace.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A worker that is a process of its own, with the JVM flags of Kafka's scripts. Not for several threads. */
public final class WorkerProcess implements ConnectWorker {
    private final WorkerOptions options;
    private final WorkerFolder folder;
    private final Runnable onExit = this::kill;
    private @Nullable Process process;

    WorkerProcess(String bootstrapServers, WorkerOptions options) {
        this.options = options;
        folder = new WorkerFolder(bootstrapServers, options);
        OnExit.add(onExit);
        try {
            start();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Starts it again, on the same port and with the same properties, after {@link #kill} or {@link #stop}. */
    public void start() {
        launch();
        folder.awaitHealthy(() -> process().isAlive());
    }

    /** Like {@link #start}, but does not wait until it is healthy. */
    public void launch() {
        if (process != null && process.isAlive()) {
            throw new IllegalStateException("The worker is running");
        }
        try {
            process = new ProcessBuilder(command())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.log().resolveSibling("worker.out").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> command() {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + options.heap());
        command.addAll(List.of(
                "-server",
                "-XX:+UseG1GC",
                "-XX:MaxGCPauseMillis=20",
                "-XX:InitiatingHeapOccupancyPercent=35",
                "-XX:+ExplicitGCInvokesConcurrent",
                "-Djava.awt.headless=true"));
        command.addAll(Settings.workerJvm());
        command.addAll(options.jvmArguments());
        command.add("-cp");
        command.add(folder.configuration() + System.getProperty("path.separator") + Settings.kafkaLibs() + "/*");
        command.add("org.apache.kafka.connect.cli.ConnectDistributed");
        command.add(folder.propertiesFile().toString());
        return command;
    }

    /** SIGKILL. Returns when it is gone; the group misses it after its session timeout. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            Signals.awaitEnd(running);
        }
    }

    /** SIGTERM, and waits until it has ended in order. */
    public void stop() {
        Process running = process;
        if (running != null) {
            running.destroy();
            Signals.awaitEnd(running);
        }
    }

    /** SIGSTOP: as good as a long garbage collection or a frozen machine. */
    public void pause() {
        Signals.send("STOP", pid());
    }

    /** SIGCONT. */
    public void resume() {
        Signals.send("CONT", pid());
    }

    public boolean alive() {
        return process != null && process.isAlive();
    }

    public long pid() {
        return process().pid();
    }

    /** User and system time since it was started. */
    public Duration cpuTime() {
        return process().info().totalCpuDuration().orElseThrow();
    }

    private Process process() {
        if (process == null) {
            throw new IllegalStateException("The worker was never started");
        }
        return process;
    }

    @Override
    public String url() {
        return folder.url();
    }

    @Override
    public String log(int lines) {
        Path output = folder.log().resolveSibling("worker.out");
        String printed = Tail.of(output, 5);
        return Tail.of(folder.log(), lines) + (printed.isBlank() ? "" : "\n" + printed);
    }

    @Override
    public void close() {
        try {
            stop();
        } finally {
            folder.close();
            OnExit.remove(onExit);
        }
    }
}
