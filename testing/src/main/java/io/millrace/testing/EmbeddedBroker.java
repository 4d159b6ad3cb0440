package io.millrace.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** One KRaft node in this JVM, in a class loader of its own. */
final class EmbeddedBroker implements KafkaBroker {
    private final TemporaryFolder folder = TemporaryFolder.create("broker");
    private final int port = Ports.free();
    private final IsolatedKafka kafka;
    private @Nullable Object server;

    EmbeddedBroker(Map<String, String> extra) {
        var settings = BrokerSettings.singleNode(folder.resolve("data").toString(), port, Ports.free());
        settings.putAll(extra);
        LogSettings.write(folder.resolve("conf"), folder.resolve("broker.log"));
        kafka = new IsolatedKafka(folder.resolve("conf"));
        try {
            kafka.call("Starting the broker", () -> start(settings));
        } catch (RuntimeException e) {
            String log = Tail.of(folder.resolve("broker.log"), 20);
            close();
            throw new IllegalStateException(e.getMessage() + "\n" + log, e);
        }
    }

    private boolean start(Map<String, String> settings) throws Exception {
        kafka.keepTheJvm();
        format(settings);
        Class<?> configClass = kafka.load("kafka.server.KafkaConfig");
        Class<?> timeClass = kafka.load("org.apache.kafka.common.utils.Time");
        Object config = configClass.getConstructor(Map.class).newInstance(settings);
        Object clock = timeClass.getField("SYSTEM").get(null);
        Object created = kafka.load("kafka.server.KafkaRaftServer")
                .getConstructor(configClass, timeClass)
                .newInstance(config, clock);
        server = created;
        created.getClass().getMethod("startup").invoke(created);
        return true;
    }

    private void format(Map<String, String> settings) throws Exception {
        Path file = folder.resolve("server.properties");
        write(settings, file);
        var silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        String[] arguments = {"format", "-t", Uuid.randomUuid().toString(), "-c", file.toString()};
        kafka.load("kafka.tools.StorageTool")
                .getMethod("execute", String[].class, PrintStream.class)
                .invoke(null, arguments, silent);
    }

    private static void write(Map<String, String> settings, Path file) throws IOException {
        var properties = new Properties();
        properties.putAll(settings);
        try (var out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
    }

    @Override
    public String bootstrapServers() {
        return "localhost:" + port;
    }

    @Override
    public void close() {
        Object running = server;
        server = null;
        try {
            if (running != null) {
                kafka.call("Stopping the broker", () -> {
                    running.getClass().getMethod("shutdown").invoke(running);
                    return running.getClass().getMethod("awaitShutdown").invoke(running);
                });
            }
            kafka.close();
        } finally {
            folder.close();
        }
    }
}
