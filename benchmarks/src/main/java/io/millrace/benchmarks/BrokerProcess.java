package io.millrace.benchmarks;

import io.millrace.testing.KafkaBroker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The embedded broker in a process of its own, so that its cost can be told from the harness's. It ends with the
 * process that started it, however that ends: it reads its input until there is none.
 */
final class BrokerProcess implements KafkaBroker {
    /** Quick to give back the disk space of the topics of the last run. */
    private static final Map<String, String> SETTINGS = Map.of("log.segment.delete.delay.ms", "1000");

    private static final String READY = "ready ";
    private static final long END_SECONDS = 20;

    private final Process process;
    private final String bootstrapServers;

    BrokerProcess() {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms512m",
                "-Xmx1g",
                "-Dmillrace.root=" + System.getProperty("millrace.root"),
                "-cp",
                System.getProperty("java.class.path"),
                BrokerProcess.class.getName());
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            bootstrapServers = ready(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String ready(Process process) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(READY)) {
                return line.substring(READY.length());
            }
        }
        throw new IOException("The broker ended while starting");
    }

    public static void main(String[] arguments) throws IOException {
        try (KafkaBroker broker = KafkaBroker.start(SETTINGS)) {
            System.out.println(READY + broker.bootstrapServers());
            System.out.flush();
            while (System.in.read() >= 0) {
                // Only the end matters.
            }
        }
    }

    long pid() {
        return process.pid();
    }

    @Override
    public String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (IOException e) {
            // It is gone already.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
